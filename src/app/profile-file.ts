import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { errnoOf, UsageError } from '../errors.ts';
import type { Trust } from '../record/trust.ts';
import { fileTrust } from '../source/file-trust.ts';

/** One byte more than any profile may have (replay/document.ts), so that a larger file is seen to be one. */
const MOST = 16 * 1024 * 1024 + 1;

/** The bytes of a file, as far as a profile may go. Throws UsageError where there is no such regular file to read. */
export function readProfileFile(path: string): Uint8Array {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw new UsageError(`${path}: cannot be read: ${errnoOf(error) ?? 'failed'}`, { cause: error });
  }
  try {
    if (fstatSync(file).isDirectory()) throw new UsageError(`${path}: is a directory: want a profile`);
    return readUpTo(file, MOST);
  } finally {
    closeSync(file);
  }
}

/** A pipe (`verify <(…)`) gives what it has, and then more. */
function readUpTo(file: number, most: number): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (let left = most; left > 0; ) {
    const chunk = Buffer.alloc(Math.min(left, 65_536));
    const count = readSync(file, chunk);
    if (count === 0) break;
    chunks.push(chunk.subarray(0, count));
    left -= count;
  }
  return Buffer.concat(chunks);
}

/** The most that a profile can be trusted, going by who may write its file; a pipe's writer is not known. */
export function trustOfFile(path: string, uid: number): Trust {
  const stats = statSync(path);
  return stats.isFile() ? fileTrust(stats, uid).atMost : 'forgeable';
}
