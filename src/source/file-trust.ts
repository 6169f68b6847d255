import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { atLeast, type Trust } from '../record/trust.ts';

export interface FileTrust {
  /** The most that records can be trusted, going by who can have written the file, or can have put the socket there. */
  readonly atMost: Trust;
  /** Why they are forgeable. */
  readonly doubt: string | undefined;
}

type Owner = Pick<Stats, 'uid' | 'mode'>;

const SAFE: FileTrust = { atMost: 'file', doubt: undefined };
/** As many links as the kernel follows (include/linux/namei.h MAXSYMLINKS). */
const LINKS_MAX = 40;
const STICKY = 0o1000;

/** A file is as safe as who may write it: root, or `uid`, who reads it, and nobody else. To be asked of what was opened. */
export function fileTrust({ uid: owner, mode }: Owner, uid: number): FileTrust {
  if (owner !== 0 && owner !== uid) return doubtful(`it belongs to another user (uid ${owner})`);
  if ((mode & 0o022) !== 0) return doubtful(`others may write it (mode ${(mode & 0o777).toString(8)})`);
  return SAFE;
}

/**
 * Who can have put a file under this name: whoever may write a directory on the way to it can rename another file in, and
 * whoever owns a symbolic link decides where it leads. Follows the path as the kernel does.
 */
export function pathTrust(path: string, uid: number): FileTrust {
  try {
    return walk(resolve(path), uid);
  } catch {
    return doubtful('the directories on the way to it cannot be looked at');
  }
}

/** The less trusted of both; the first where they are equal. */
export function lessTrusted(one: FileTrust, other: FileTrust): FileTrust {
  return atLeast(other.atMost, one.atMost) ? one : other;
}

function walk(path: string, uid: number): FileTrust {
  let at = '/';
  const names = namesOf(path);
  for (let links = 0, name = names.shift(); name !== undefined; name = names.shift()) {
    const found = directoryTrust(at, uid, names.length === 0);
    if (found.doubt !== undefined) return found;
    const next = join(at, name);
    const stats = lstatSync(next, { throwIfNoEntry: names.length > 0 });
    if (!stats?.isSymbolicLink()) {
      at = next;
      continue;
    }
    if (!isOurs(stats, uid)) return doubtful(`the link ${next} belongs to another user (uid ${stats.uid})`);
    if (++links > LINKS_MAX) return doubtful('too many links lead to it');
    const target = readlinkSync(next);
    names.unshift(...namesOf(target));
    if (isAbsolute(target)) at = '/';
  }
  return SAFE;
}

function namesOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

/**
 * In a sticky directory nobody renames another's file (unlink(2)). Further up a group counts as root's own: Ubuntu's /var/log
 * belongs to root and the group syslog, and a file that this group brings in is not root's.
 */
function directoryTrust(directory: string, uid: number, inner: boolean): FileTrust {
  const stats = lstatSync(directory);
  if (!isOurs(stats, uid)) return doubtful(`its directory ${directory} belongs to another user (uid ${stats.uid})`);
  if ((stats.mode & (inner ? 0o022 : 0o002)) === 0 || (stats.mode & STICKY) !== 0) return SAFE;
  return doubtful(`others may write its directory ${directory} (mode ${(stats.mode & 0o1777).toString(8)})`);
}

function isOurs({ uid: owner }: Owner, uid: number): boolean {
  return owner === 0 || owner === uid;
}

function doubtful(doubt: string): FileTrust {
  return { atMost: 'forgeable', doubt };
}
