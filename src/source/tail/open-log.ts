import { errnoOf } from '../../errors.ts';
import type { LogFile } from './family.ts';
import { openGzip } from './gzip-file.ts';
import type { Fit, OpenLog } from './log.ts';
import type { Position } from './position.ts';
import { openRaw } from './raw-file.ts';

/** Opens a file at a position, or at its beginning; a Fit where it is another file by now, or has no such position. */
export async function openLogAt(file: LogFile, at?: Position): Promise<OpenLog | Fit> {
  try {
    return await (file.packing === undefined ? openRaw(file, at) : openGzip(file, at));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 'gone';
    throw error;
  }
}

export function canUnpack({ packing }: LogFile): boolean {
  return packing === undefined || packing === 'gz';
}

/** Whether the file holds the position's bytes at its place. */
export async function fitOf(file: LogFile, at: Position): Promise<Fit> {
  const log = await openLogAt(file, at);
  if (typeof log === 'string') return log;
  await log.close();
  return 'same';
}
