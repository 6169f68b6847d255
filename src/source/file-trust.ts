import type { Stats } from 'node:fs';
import type { Trust } from '../record/trust.ts';

export interface FileTrust {
  /** The most that a file's records can be trusted, going by who can have written it. */
  readonly atMost: Trust;
  /** Why it is not at most `file`. */
  readonly doubt: string | undefined;
}

/** A file is as safe as who may write it: root, or `uid`, who reads it, and nobody else. */
export function fileTrust({ uid: owner, mode }: Pick<Stats, 'uid' | 'mode'>, uid: number): FileTrust {
  if (owner !== 0 && owner !== uid) return { atMost: 'forgeable', doubt: `it belongs to another user (uid ${owner})` };
  if ((mode & 0o022) !== 0)
    return { atMost: 'forgeable', doubt: `others may write it (mode ${(mode & 0o777).toString(8)})` };
  return { atMost: 'file', doubt: undefined };
}
