import { viewOf, Words } from './words.ts';

interface Known<Value> {
  readonly bytes: DataView;
  readonly value: Value;
}

/** What is longer is no word that repeats, and many such would need much memory. */
const LONGEST = 1024;

/**
 * What was made of the same bytes lately. Logs repeat, so that a word seen before costs a hash and a comparison and no
 * new string; a slot holds one word of LONGEST bytes, so that the memory is bounded whatever a log holds.
 */
export class ByteCache<Value> {
  private readonly words = new Words();
  private readonly known: (Known<Value> | undefined)[];
  /** What was asked for last: records of one program follow one another. */
  private last: Known<Value> | undefined;

  /** `slots` is a power of two. */
  constructor(slots: number) {
    this.known = Array.from({ length: slots });
  }

  find(bytes: Buffer, from: number, to: number): Value | undefined {
    const { words, last } = this;
    const view = words.view(bytes);
    if (last !== undefined && isSame(words, view, from, to, last.bytes)) return last.value;
    const known = this.known[words.hash(view, from, to) & (this.known.length - 1)];
    if (known === undefined || !isSame(words, view, from, to, known.bytes)) return undefined;
    this.last = known;
    return known.value;
  }

  /** Words that share a slot put each other out, which costs time only. */
  keep(bytes: Buffer, from: number, to: number, value: Value): Value {
    if (to - from > LONGEST) return value;
    const known = { bytes: viewOf(Buffer.from(bytes.subarray(from, to))), value };
    this.known[this.words.hash(known.bytes, 0, to - from) & (this.known.length - 1)] = known;
    this.last = known;
    return value;
  }
}

function isSame(words: Words, view: DataView, from: number, to: number, known: DataView): boolean {
  return known.byteLength === to - from && words.equal(view, from, known, 0, to - from);
}

/** A cache that knows how its values are made; `make` gets a copy that it may keep. */
export class WordReader<Value> {
  private readonly cache: ByteCache<{ readonly value: Value }>;
  private readonly make: (bytes: Buffer) => Value;

  constructor(slots: number, make: (bytes: Buffer) => Value) {
    this.cache = new ByteCache(slots);
    this.make = make;
  }

  read(bytes: Buffer, from: number, to: number): Value {
    const known = this.cache.find(bytes, from, to);
    if (known !== undefined) return known.value;
    const value = this.make(Buffer.from(bytes.subarray(from, to)));
    return this.cache.keep(bytes, from, to, { value }).value;
  }
}
