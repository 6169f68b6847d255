import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { RefusedError, UsageError } from '../errors.ts';

const CHUNK_BYTES = 1024 * 1024;

/** The bytes of a source that begins with `head`: gzip goes through zlib, what is packed otherwise is a UsageError. */
export function unpacked(path: string, head: Buffer, bytes: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const text = head.toString('latin1', 0, 8);
  if (text.startsWith(GZIP)) return gunzip(path, bytes);
  const packer = PACKERS.find(({ magic }) => text.startsWith(magic));
  if (packer) throw new UsageError(`${path}: ${packer.name}, want ${packer.want} | profiler import -`);
  return bytes;
}

export const GZIP = '\x1f\x8b';

interface Packer {
  readonly magic: string;
  readonly name: string;
  readonly want: string;
}

const PACKERS: readonly Packer[] = [
  { magic: '\x28\xb5\x2f\xfd', name: 'packed by zstd', want: 'zstd -dc FILE' },
  { magic: '\xfd7zXZ', name: 'packed by xz', want: 'xz -dc FILE' },
  { magic: 'BZh', name: 'packed by bzip2', want: 'bzip2 -dc FILE' },
  { magic: 'LPKSHHRH', name: "journald's own file", want: 'journalctl --file FILE -o json' },
];

function gunzip(path: string, packed: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const unpacker = createGunzip({ chunkSize: CHUNK_BYTES });
  pipeline(Readable.from(packed), unpacker, () => undefined);
  return unpackedBytes(path, unpacker);
}

async function* unpackedBytes(path: string, unpacker: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* unpacker;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const what =
      code === 'Z_BUF_ERROR' ? 'the compressed data ends in the middle' : `the compressed data is damaged (${code})`;
    throw new RefusedError(`${path}: ${what}: what stands before was read`, { cause: error });
  }
}
