import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** loginuid where no login was (include/linux/audit.h AUDIT_UID_UNSET). */
const UNSET = 0xffff_ffff;

export interface Login {
  /** Login name, or the uid where no user database has it. */
  readonly who: string;
  readonly uid: number;
}

/** Who sits at this command: as whom they logged in (loginuid, which sudo and su do not change), else as whom it runs. */
export function findLogin(): Login {
  const uid = loginUid() ?? process.getuid?.() ?? 0;
  const { stdout } = spawnSync('getent', ['passwd', '--', String(uid)], { encoding: 'utf8' });
  const [name] = (stdout ?? '').split(':');
  return { who: name || String(uid), uid };
}

function loginUid(): number | undefined {
  try {
    const uid = Number(readFileSync('/proc/self/loginuid', 'latin1'));
    return uid === UNSET ? undefined : uid;
  } catch {
    return undefined;
  }
}
