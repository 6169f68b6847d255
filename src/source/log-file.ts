import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { RefusedError, UsageError } from '../errors.ts';
import { type FileTrust, fileTrust } from './file-trust.ts';
import { peek } from './peek.ts';
import { readAhead } from './read-ahead.ts';
import { GZIP, unpacked } from './unpack.ts';

/** 512 KiB to 1 MiB is where reading logs is fastest. */
const CHUNK_BYTES = 1024 * 1024;
/** So much is enough for detectCarrier(). */
const HEAD_BYTES = 65_536;

/** A log that is open: a file, a pipe or standard input, unpacked where it is gzip. */
export interface OpenLog extends FileTrust {
  /** Bytes on disk; undefined for a pipe. */
  readonly size: number | undefined;
  /** The beginning of what it holds, unpacked; chunks() gives it again. */
  readonly head: Buffer;
  /** Bytes taken from the disk or pipe so far. */
  readonly taken: () => number;
  /** All of it, unpacked. Throws a RefusedError where a compressed file is cut or damaged, after what could be read. */
  readonly chunks: () => AsyncIterable<Buffer>;
  readonly close: () => void;
}

export interface LogWorld {
  readonly stdin: NodeJS.ReadableStream;
  /** Who reads: a file of this user or of root is as safe as its mode. */
  readonly uid: number;
  /** Ends the reading, as if the source had failed. */
  readonly signal: AbortSignal;
}

/** Opens PATH, or standard input for `-`. Throws UsageError for what is no log, RefusedError for what may not be read. */
export async function openLog(path: string, world: LogWorld): Promise<OpenLog> {
  const { stdin, uid, signal } = world;
  if (path === '-')
    return startReading(path, flowing(stdin instanceof Readable ? stdin : Readable.from(stdin)), PIPE, signal);
  const handle = await openFile(path);
  try {
    const stat = await handle.stat();
    if (stat.isDirectory()) throw new UsageError(`${path}: is a directory, want a log file`);
    if (stat.isFile())
      return await startReading(
        path,
        await bytesOf(handle, signal),
        { ...fileTrust(stat, uid), size: stat.size },
        signal,
      );
    if (stat.isFIFO() || stat.isSocket()) return await startReading(path, streamOf(handle), PIPE, signal);
    throw new UsageError(`${path}: is a device, want a file or -; of the kernel's own log: dmesg | profiler import -`);
  } catch (error) {
    await handle.close().catch(() => undefined);
    throw error;
  }
}

type Facts = Pick<OpenLog, 'atMost' | 'doubt' | 'size'>;

const PIPE: Facts = { atMost: 'forgeable', doubt: undefined, size: undefined };

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'may not be read by this user: use sudo',
};

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const message = `${path}: ${REASONS[code] ?? (error as Error).message}`;
    throw code === 'ENOENT' ? new UsageError(message, { cause: error }) : new RefusedError(message, { cause: error });
  }
}

interface Raw {
  readonly bytes: AsyncIterable<Buffer | string>;
  readonly stop: () => void;
}

/** What unpacks holds chunks for longer than until it asks for the next. */
async function bytesOf(handle: FileHandle, signal: AbortSignal): Promise<Raw> {
  const { buffer } = await handle.read(Buffer.alloc(GZIP.length), 0, GZIP.length, 0);
  if (buffer.toString('latin1') === GZIP) return streamOf(handle);
  const bytes = readAhead(handle, signal);
  return { bytes, stop: () => void bytes.return(undefined).catch(() => undefined) };
}

function streamOf(handle: FileHandle): Raw {
  return flowing(createReadStream('', { fd: handle, highWaterMark: CHUNK_BYTES, autoClose: true }));
}

function flowing(stream: Readable): Raw {
  return { bytes: stream as AsyncIterable<Buffer | string>, stop: () => stream.destroy() };
}

async function startReading(path: string, raw: Raw, facts: Facts, signal: AbortSignal): Promise<OpenLog> {
  const { stop } = raw;
  signal.addEventListener('abort', stop);
  let taken = 0;
  const counted = countedBytes(raw.bytes, (bytes) => {
    taken += bytes;
  });
  const first = await peek(counted, 8);
  const start = await peek(unpacked(path, first.head, first.all), HEAD_BYTES);
  return {
    ...facts,
    head: start.head,
    taken: () => taken,
    chunks: () => start.all,
    close: () => {
      signal.removeEventListener('abort', stop);
      stop();
    },
  };
}

async function* countedBytes(
  raw: AsyncIterable<Buffer | string>,
  note: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of raw) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
    note(bytes.length);
    yield bytes;
  }
}
