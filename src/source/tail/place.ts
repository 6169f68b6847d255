import { createHash } from 'node:crypto';
import type { Position, Print } from './position.ts';

/** So much of a file's beginning tells it from others: its first line holds a time, and mostly a serial. */
const HEAD_BYTES = 256;
const TAIL_BYTES = 4096;

/** Keeps where reading stands in one file, and the bytes by which it is known again. */
export class Place {
  readonly id: string;
  #offset: number;
  #head: Buffer;
  #headPrint: Print;
  #tail: Buffer;
  #within: boolean;

  constructor(id: string, at: Start = BEGINNING) {
    this.id = id;
    this.#offset = at.offset;
    this.#head = at.head;
    this.#headPrint = printOf(at.head);
    this.#tail = at.tail;
    this.#within = at.within;
  }

  get offset(): number {
    return this.#offset;
  }

  /** The file's beginning, as far as it is known. */
  get head(): Buffer {
    return this.#head;
  }

  /** The bytes before the offset; none but at the beginning of the file. */
  get tail(): Buffer {
    return this.#tail;
  }

  get within(): boolean {
    return this.#within;
  }

  get position(): Position {
    return {
      id: this.id,
      offset: this.#offset,
      head: this.#headPrint,
      tail: printOf(this.#tail),
      within: this.#within,
    };
  }

  /** `bytes` stand at the offset. They are looked at, not gone past. */
  see(bytes: Buffer): void {
    const known = this.#head.length;
    if (known >= HEAD_BYTES || this.#offset > known) return;
    const seen = bytes.subarray(known - this.#offset, HEAD_BYTES - this.#offset);
    if (seen.length === 0) return;
    this.#head = Buffer.concat([this.#head, seen]);
    this.#headPrint = printOf(this.#head);
  }

  /** Goes past `bytes`, which stand at the offset. `within`: their last line goes on. */
  pass(bytes: Buffer, within: boolean): void {
    this.see(bytes);
    const tail = bytes.length >= TAIL_BYTES ? bytes : Buffer.concat([this.#tail, bytes]);
    // A copy: the chunk that it is cut from would be kept alive.
    this.#tail = Buffer.from(tail.subarray(Math.max(0, tail.length - TAIL_BYTES)));
    this.#offset += bytes.length;
    this.#within = within;
  }
}

interface Start {
  readonly offset: number;
  readonly head: Buffer;
  readonly tail: Buffer;
  readonly within: boolean;
}

const BEGINNING: Start = { offset: 0, head: Buffer.alloc(0), tail: Buffer.alloc(0), within: false };

export function printOf(bytes: Buffer): Print {
  return { length: bytes.length, hash: createHash('sha256').update(bytes).digest('hex') };
}

export function hasPrint(bytes: Buffer, { length, hash }: Print): boolean {
  return bytes.length === length && printOf(bytes).hash === hash;
}
