import { open } from 'node:fs/promises';
import { errnoOf, messageOf } from '../../errors.ts';
import type { LogFile } from './family.ts';
import { canUnpack, openLogAt } from './open-log.ts';

/** Why nothing of a rotated file can be read; undefined where it can be by now. */
export async function whyUnreadable(file: LogFile): Promise<string | undefined> {
  if (!canUnpack(file)) return `it is packed by ${file.packing}`;
  try {
    const log = await openLogAt(file);
    if (typeof log === 'string') return undefined;
    const look = await log.look();
    await log.close();
    return look.kind === 'ended' && look.why !== undefined ? 'it is damaged' : undefined;
  } catch (error) {
    return errnoOf(error) === 'EACCES' ? 'it may not be read by this user' : undefined;
  }
}

/** Why there is nothing to be opened; empty where the file is not there, or holds nothing yet. */
export async function whyNot(path: string): Promise<string> {
  try {
    const handle = await open(path, 'r');
    const stat = await handle.stat();
    await handle.close();
    return stat.isFile() ? '' : `${path}: is no file, want a log file`;
  } catch (error) {
    return errnoOf(error) === 'ENOENT' ? '' : `${path}: cannot be opened, trying again: ${messageOf(error)}`;
  }
}
