import { spawnSync } from 'node:child_process';
import { UsageError } from '../errors.ts';
import type { Caller } from './privileges.ts';

/** The uid and gid of a user by name or number, from wherever this machine's users are (getent(1)). */
export function findUser(name: string): Caller {
  const { stdout } = spawnSync('getent', ['passwd', '--', name], { encoding: 'utf8' });
  const [, , uid, gid] = (stdout ?? '').split(':');
  if (uid === undefined || gid === undefined) throw new UsageError(`--user ${name}: want a user of this machine`);
  return { uid: Number(uid), gid: Number(gid) };
}
