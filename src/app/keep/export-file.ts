import { closeSync, existsSync, openSync, rmSync, writeSync } from 'node:fs';
import { messageOf, RefusedError } from '../../errors.ts';
import { createPart, place, taken } from '../../store/new-file.ts';
import type { Store } from '../../store/store.ts';
import type { RowCounts } from './database-format.ts';
import { exportStore } from './export.ts';

export interface ExportFile {
  readonly target: string;
  /** A file that is there already is replaced, once the new one is whole. */
  readonly force: boolean;
  readonly version: string;
  readonly signal: AbortSignal;
}

/** Exports into a file (mode 0600) that gets its name when it is whole. Throws a RefusedError where that cannot be. */
export function exportToFile(store: Store, { target, force, version, signal }: ExportFile): RowCounts {
  if (!force && existsSync(target)) throw taken(target);
  const part = `${target}.part-${process.pid}`;
  try {
    createPart(part, target);
    const fd = openSync(part, 'w');
    try {
      const counts = exportStore(store, version, (text) => writeAll(fd, text, target), signal);
      place(part, target, force);
      return counts;
    } finally {
      closeSync(fd);
    }
  } finally {
    rmSync(part, { force: true });
  }
}

function writeAll(fd: number, text: string, target: string): void {
  const bytes = Buffer.from(text);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
  } catch (error) {
    throw new RefusedError(`${target}: ${messageOf(error)}`, { cause: error });
  }
}
