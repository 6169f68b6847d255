import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { messageOf } from '../../errors.ts';
import { peek } from '../peek.ts';
import { unpacked } from '../unpack.ts';
import { cut } from './cut.ts';
import type { LogFile } from './family.ts';
import type { Fit, Look, OpenLog } from './log.ts';
import { hasPrint, Place } from './place.ts';
import type { Position } from './position.ts';

const CHUNK_BYTES = 1024 * 1024;
const NONE: Buffer = Buffer.alloc(0);

/** Opens a rotated file that gzip has packed; to go on at a position it is unpacked from its beginning. */
export async function openGzip(file: LogFile, at: Position | undefined): Promise<OpenLog | Fit> {
  const { path, id } = file;
  const handle = await open(path, 'r');
  // The name may bear another file by now.
  const { dev, ino, uid, mode } = await handle.stat({ bigint: true });
  const raw = createReadStream('', { fd: handle, highWaterMark: CHUNK_BYTES });
  if (`${dev}:${ino}` !== id) {
    raw.destroy();
    return 'gone';
  }
  const { head, all } = await peek(raw, 8);
  const bytes = new Unread(unpacked(path, head, all)[Symbol.asyncIterator](), () => raw.destroy());
  const place = at ? await placeAt(bytes, id, at) : new Place(id);
  if (typeof place !== 'string') return new GzipFile(file, place, bytes, { uid: Number(uid), mode: Number(mode) });
  await bytes.close();
  return place;
}

async function placeAt(bytes: Unread, id: string, at: Position): Promise<Place | Fit> {
  const { offset } = at;
  await bytes.fill(at.head.length);
  const head = Buffer.from(bytes.held.subarray(0, at.head.length));
  if (!hasPrint(head, at.head)) return 'other';
  let passed = 0;
  const tailFrom = offset - at.tail.length;
  while (passed < tailFrom) {
    if (bytes.held.length === 0) await bytes.fill(1);
    if (bytes.held.length === 0) return 'shorter';
    passed += bytes.take(Math.min(bytes.held.length, tailFrom - passed)).length;
  }
  await bytes.fill(at.tail.length);
  if (bytes.held.length < at.tail.length) return 'shorter';
  const tail = bytes.take(at.tail.length);
  return hasPrint(tail, at.tail) ? new Place(id, { offset, head, tail, within: at.within }) : 'other';
}

class GzipFile implements OpenLog {
  readonly packed = true;
  readonly path: string;
  readonly owner: OpenLog['owner'];
  readonly place: Place;
  readonly mtimeMs: number;
  readonly #bytes: Unread;
  #skip: boolean;

  constructor({ path, mtimeMs }: LogFile, place: Place, bytes: Unread, owner: OpenLog['owner']) {
    this.path = path;
    this.owner = owner;
    this.place = place;
    this.mtimeMs = mtimeMs;
    this.#bytes = bytes;
    this.#skip = place.within;
  }

  async look(): Promise<Look> {
    const { place } = this;
    const bytes = this.#bytes;
    for (let want = CHUNK_BYTES; ; want += CHUNK_BYTES) {
      await bytes.fill(want);
      const more = !bytes.ended;
      place.see(bytes.held);
      const { length, chunk, within, hole } = cut(bytes.held, { within: place.within, skip: this.#skip, more });
      if (length === 0 && more) continue;
      if (length === 0) return { kind: 'ended', why: bytes.failure };
      this.#skip &&= within;
      place.pass(bytes.take(length), within);
      return { kind: 'lines', chunk, hole };
    }
  }

  async rest(): Promise<Buffer | undefined> {
    const bytes = this.#bytes.take(this.#bytes.held.length);
    if (bytes.length === 0) return undefined;
    this.place.pass(bytes, false);
    return this.#skip ? undefined : Buffer.concat([bytes, Buffer.from('\n')]);
  }

  async close(): Promise<void> {
    await this.#bytes.close();
  }
}

/** The bytes of a stream that are unpacked but not yet taken. */
class Unread {
  held = NONE;
  ended = false;
  failure: string | undefined;
  readonly #iterator: AsyncIterator<Buffer>;
  readonly #stop: () => void;

  constructor(iterator: AsyncIterator<Buffer>, stop: () => void) {
    this.#iterator = iterator;
    this.#stop = stop;
  }

  /** Holds so many at least, as far as there are any. */
  async fill(length: number): Promise<void> {
    while (this.held.length < length && !this.ended) {
      try {
        const next = await this.#iterator.next();
        if (next.done) this.ended = true;
        else this.held = Buffer.concat([this.held, next.value]);
      } catch (error) {
        this.ended = true;
        this.failure = messageOf(error);
      }
    }
  }

  take(length: number): Buffer {
    const taken = this.held.subarray(0, length);
    this.held = this.held.subarray(length);
    return taken;
  }

  async close(): Promise<void> {
    this.#stop();
    await this.#iterator.return?.().catch(() => undefined);
  }
}
