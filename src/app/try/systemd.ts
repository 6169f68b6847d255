import { existsSync } from 'node:fs';
import { RefusedError } from '../../errors.ts';
import { unitAssignments } from '../../replay/unit-file.ts';
import { consumer, type Trial, type TrialRequest } from './plan.ts';

/** Exists where systemd is the manager (sd_booted(3)). */
const BOOTED = '/run/systemd/system';

/**
 * By systemd-run, as a transient service with the drop-in's own directives; but for `RestrictAddressFamilies=none`, which
 * systemd-run (252) cannot pass on, and which forbids no more than a list without socket.
 */
export function tryBySystemd({ argv, env, emission }: TrialRequest): Trial {
  if (!existsSync(BOOTED)) {
    throw new RefusedError(`--try: systemd does not run here (no ${BOOTED}): nothing can start a service under it`);
  }
  const text = Buffer.from(emission.bytes).toString();
  const properties = unitAssignments(text)
    .filter(({ key, value }) => value !== '' && !(key === 'RestrictAddressFamilies' && value === 'none'))
    .flatMap(({ key, value }) => ['-p', `${key}=${value}`]);
  const args = ['--wait', '--pipe', '--collect', '--same-dir', ...properties, '--', ...argv];
  return { path: consumer('systemd-run', env), args, env, killedSign: /status=SYS\b/ };
}
