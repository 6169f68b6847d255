import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { RefusedError } from '../errors.ts';
import { nativePart } from './native.ts';

/** Who runs the program. */
export interface Caller {
  readonly uid: number;
  readonly gid: number;
}

export type Privilege = 'set-uid' | 'set-gid' | 'file capabilities';

/**
 * What execve of this file would add to what the caller has. Not empty means AT_SECURE: the loader ignores LD_PRELOAD
 * (ld.so(8), secure-execution mode), and no_new_privs takes it away. A mount with nosuid is not honoured: this errs on the
 * side of saying so. Root gains nothing by file capabilities (capabilities(7)).
 */
export function gainedPrivileges(file: string, caller: Caller): Privilege[] {
  const { mode, uid, gid } = statSync(file);
  const gains: Privilege[] = [];
  if ((mode & 0o4000) !== 0 && uid !== caller.uid) gains.push('set-uid');
  if ((mode & 0o2010) === 0o2010 && gid !== caller.gid) gains.push('set-gid');
  if (caller.uid !== 0 && hasFileCapabilities(file)) gains.push('file capabilities');
  return gains;
}

/** Node cannot read an extended attribute: native/file-caps.c does. Where it cannot be run nothing is assumed. */
function hasFileCapabilities(file: string): boolean {
  const { status, error, stderr } = spawnSync(nativePart('file-caps'), [file], { encoding: 'utf8' });
  if (status === 0 || status === 1) return status === 0;
  const why = error?.message ?? stderr.trim();
  throw new RefusedError(`${file}: cannot tell whether it has file capabilities: ${why}`, { exitCode: 125 });
}
