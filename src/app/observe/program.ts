import { RefusedError, UsageError } from '../../errors.ts';
import { elfOfFile, sha256OfFile } from '../../launch/file.ts';
import { nativePart } from '../../launch/native.ts';
import { defaultStage, type Launch, type LaunchRequest, type LaunchStage, planLaunch } from '../../launch/plan.ts';
import type { Caller } from '../../launch/privileges.ts';
import { inspectProgram, type ProgramFacts } from '../../launch/program.ts';
import { whyPartMissing } from '../../launch/prove.ts';
import type { Env } from '../../launch/run.ts';
import { findUser } from '../../launch/user.ts';
import { printable } from '../../record/name.ts';

/** The program that is to be observed, as it is now. */
export interface ObservedProgram {
  readonly argv: readonly string[];
  readonly facts: ProgramFacts;
  /** As the kernel's records name it: printable text. */
  readonly exe: string;
  readonly stage: LaunchStage;
  readonly caller: Caller;
  readonly nativeToken: number;
  readonly sha256: string;
  /** How to start it with these numbers allowed and all others logged. */
  readonly launch: (allow: readonly number[]) => Launch;
}

export interface ProgramRequest {
  readonly argv: readonly string[];
  readonly stage: LaunchStage | undefined;
  readonly user: string | undefined;
  readonly env: Env;
}

/** Finds and reads the program. Refused (125, 126, 127) where it cannot be run, or would run without its filter. */
export async function findObserved({ argv, stage, user, env }: ProgramRequest): Promise<ObservedProgram> {
  const [name] = argv;
  if (name === undefined) throw new UsageError('observe: want a program: profiler observe -- CMD [ARG]…');
  const caller = user === undefined ? ownCaller() : findUser(user);
  const facts = inspectProgram(name, env, caller);
  const libsandbox = nativePart('libsandbox.so');
  const { archToken: nativeToken } = elfOfFile(process.execPath);
  const request: Omit<LaunchRequest, 'stage'> = {
    program: facts,
    argv,
    mode: 'learn',
    allow: [],
    libsandbox,
    sandboxify: nativePart('sandboxify'),
    nativeToken,
    preloaded: env['LD_PRELOAD'],
  };
  const chosen = stage ?? defaultStage(request);
  const launch = (allow: readonly number[]): Launch =>
    planned(facts, { ...request, stage: chosen, allow: allow.map(String) });
  launch([]);
  const gone = whyPartMissing({ ...request, stage: chosen });
  if (gone !== undefined) throw new RefusedError(`${facts.exe} ${gone}`, { exitCode: 125 });
  return {
    argv,
    facts,
    exe: printable(facts.exe),
    stage: chosen,
    caller,
    nativeToken,
    sha256: await sha256OfFile(facts.exe),
    launch,
  };
}

function planned(facts: ProgramFacts, request: LaunchRequest): Launch {
  const plan = planLaunch(request);
  if (plan.kind === 'launch') return plan;
  const other = request.stage === 'preload' ? '; --stage launcher may do' : '';
  throw new RefusedError(`${facts.exe} ${plan.cause}${other}`, { exitCode: 125 });
}

function ownCaller(): Caller {
  return { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
}
