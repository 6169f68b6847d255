import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type Elf, type ReadAt, readElf } from './elf.ts';

/** Calls `read` with a reader of the file at `path`. Throws what open(2) and read(2) give. */
export function withFile<T>(path: string, read: (readAt: ReadAt) => T): T {
  const file = openSync(path, 'r');
  try {
    return read((offset, length) => {
      if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length)) return Buffer.alloc(0);
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, length === 0 ? 0 : readSync(file, bytes, 0, length, offset));
    });
  } finally {
    closeSync(file);
  }
}

/** The ELF facts of a file that has to be one. */
export function elfOfFile(path: string): Elf {
  const elf = withFile(path, readElf);
  if (elf?.kind !== 'elf') throw new Error(`${path}: not an ELF file${elf ? `: ${elf.why}` : ''}`);
  return elf;
}

/** sha256 of a file's bytes, in hex. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
