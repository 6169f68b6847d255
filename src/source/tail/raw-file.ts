import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { cut } from './cut.ts';
import type { LogFile } from './family.ts';
import type { Fit, Look, OpenLog } from './log.ts';
import { hasPrint, Place } from './place.ts';
import type { Position } from './position.ts';

/** 512 KiB to 1 MiB is where reading logs is fastest. */
const CHUNK_BYTES = 1024 * 1024;

/** Opens a plain file. What it is now counts, not what its name was a moment ago. */
export async function openRaw({ path, id }: LogFile, at: Position | undefined): Promise<OpenLog | Fit> {
  // A pipe by that name would wait for a writer.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = await handle.stat({ bigint: true });
    const place = stat.isFile() && `${stat.dev}:${stat.ino}` === id ? await placeAt(handle, stat, at) : 'gone';
    if (typeof place !== 'string') return new RawFile(path, handle, place, stat);
    await handle.close();
    return place;
  } catch (error) {
    await handle.close().catch(() => undefined);
    throw error;
  }
}

async function placeAt(handle: FileHandle, stat: BigIntStats, at: Position | undefined): Promise<Place | Fit> {
  const place = new Place(`${stat.dev}:${stat.ino}`);
  if (!at) return place;
  const { offset } = at;
  const head = await readAt(handle, 0, at.head.length);
  if (!hasPrint(head, at.head)) return 'other';
  if (stat.size < BigInt(offset)) return 'shorter';
  const tail = await readAt(handle, offset - at.tail.length, at.tail.length);
  if (!hasPrint(tail, at.tail)) return 'other';
  return new Place(place.id, { offset, head, tail, within: at.within });
}

class RawFile implements OpenLog {
  readonly packed = false;
  readonly path: string;
  readonly place: Place;
  readonly #handle: FileHandle;
  /** The line that goes on at the place began in another life. */
  #skip: boolean;
  /** Size and time when nothing was there to be taken. */
  #dry: { readonly size: bigint; readonly mtimeNs: bigint } | undefined;
  #stat: BigIntStats;

  constructor(path: string, handle: FileHandle, place: Place, stat: BigIntStats) {
    this.path = path;
    this.#handle = handle;
    this.place = place;
    this.#skip = place.within;
    this.#stat = stat;
  }

  get mtimeMs(): number {
    return Number(this.#stat.mtimeNs) / 1e6;
  }

  get owner(): OpenLog['owner'] {
    return { uid: Number(this.#stat.uid), mode: Number(this.#stat.mode) };
  }

  async look(): Promise<Look> {
    const stat = await this.#handle.stat({ bigint: true });
    if (this.#dry?.size === stat.size && this.#dry.mtimeNs === stat.mtimeNs) return { kind: 'nothing' };
    const { place } = this;
    const bytes = await this.#beyond(stat.size);
    if (!bytes) return { kind: 'changed' };
    this.#stat = stat;
    const more = place.offset + bytes.length < stat.size;
    const { length, chunk, within, hole } = cut(bytes, { within: place.within, skip: this.#skip, more });
    this.#dry = length === 0 ? stat : undefined;
    if (length === 0) {
      place.see(bytes.subarray(0, written(bytes)));
      return { kind: 'nothing' };
    }
    this.#skip &&= within;
    place.pass(bytes.subarray(0, length), within);
    return { kind: 'lines', chunk, hole };
  }

  async rest(): Promise<Buffer | undefined> {
    const { place } = this;
    const bytes = await readAt(this.#handle, place.offset, CHUNK_BYTES);
    if (bytes.length === 0) return undefined;
    place.pass(bytes, false);
    return this.#skip ? undefined : Buffer.concat([bytes, Buffer.from('\n')]);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  /** What stands at the offset, CHUNK_BYTES at most; undefined where the bytes before it are no longer those that were read. */
  async #beyond(size: bigint): Promise<Buffer | undefined> {
    const { offset, head, tail } = this.place;
    const before = tail;
    const known = Math.max(offset, head.length);
    if (size < BigInt(known)) return undefined;
    const wanted = Math.min(CHUNK_BYTES, Number(size) - offset);
    const bytes = await readAt(this.#handle, offset - before.length, before.length + wanted);
    if (!bytes.subarray(0, before.length).equals(before)) return undefined;
    const beyond = bytes.subarray(before.length);
    const seen = head.subarray(offset);
    if (!beyond.subarray(0, seen.length).equals(seen)) return undefined;
    return beyond;
  }
}

/** Zeros at the end may be room that a writer has made for lines to come. */
function written(bytes: Buffer): number {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return end;
}

/** Fewer bytes where the file ends. */
async function readAt(handle: FileHandle, from: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let got = 0;
  while (got < length) {
    const { bytesRead } = await handle.read(bytes, got, length - got, from + got);
    if (bytesRead === 0) break;
    got += bytesRead;
  }
  return bytes.subarray(0, got);
}
