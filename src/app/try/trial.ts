import { RefusedError, UsageError } from '../../errors.ts';
import type { Format } from '../../render/format.ts';
import { tryByBubblewrap } from './bubblewrap.ts';
import { tryByCrun } from './crun.ts';
import { tryByLibrary } from './library.ts';
import type { Trial, TrialRequest } from './plan.ts';
import { runTrial } from './run.ts';
import { tryBySystemd } from './systemd.ts';

type Planner = (request: TrialRequest) => Trial;

/** The consumers that can start a command by themselves. */
const PLANS: Readonly<Partial<Record<Format, Planner>>> = {
  env: tryByLibrary,
  systemd: tryBySystemd,
  oci: tryByCrun,
  bpf: tryByBubblewrap,
};

/**
 * Runs CMD once under the profile and tells how it ended. CMD's standard output goes to standard error, because a profile is on
 * ours. Throws RefusedError where its consumer is not there, cannot start it, or the filter killed it.
 */
export async function tryOut(request: TrialRequest): Promise<string> {
  const { argv, format } = request;
  if (argv.length === 0) throw new UsageError('--try: want a program: --try -- CMD [ARG]…');
  const plan = PLANS[format];
  if (!plan)
    throw new UsageError(
      `--try: want --format ${Object.keys(PLANS).join(', ')}: nothing here starts a command by ${format}`,
    );
  const ended = await runTrial(plan(request));
  // 159: a shell's and a container runtime's word for death by signal 31, SIGSYS.
  const isKilled = ended.kind === 'signal' ? ended.signal === 'SIGSYS' : ended.code === 159;
  if (isKilled)
    throw new RefusedError(
      `--try: not printed: ${argv.join(' ')} was killed by SIGSYS under it; the kernel's log names the call`,
    );
  return ended.kind === 'signal' ? `tried: ended by ${ended.signal}` : `tried: exit ${ended.code}`;
}
