interface Known<Value> {
  readonly bytes: Buffer;
  readonly value: Value;
}

/**
 * What was made of the same bytes lately. Logs repeat, so that a word seen before costs a hash and a comparison and no
 * new string; a slot holds one word, so that the memory is bounded whatever a log holds.
 */
export class ByteCache<Value> {
  private readonly known: (Known<Value> | undefined)[];
  private readonly make: (bytes: Buffer) => Value;
  /** What was asked for last: records of one program follow one another. */
  private last: Known<Value> | undefined;

  /** `make` gets a copy that it may keep; `slots` is a power of two. */
  constructor(slots: number, make: (bytes: Buffer) => Value) {
    this.known = Array.from({ length: slots });
    this.make = make;
  }

  read(bytes: Buffer, from: number, to: number): Value {
    const { last } = this;
    if (last !== undefined && same(last.bytes, bytes, from, to)) return last.value;
    const slot = hashOf(bytes, from, to) & (this.known.length - 1);
    const known = this.known[slot];
    if (known !== undefined && same(known.bytes, bytes, from, to)) {
      this.last = known;
      return known.value;
    }
    const copy = Buffer.from(bytes.subarray(from, to));
    const made = { bytes: copy, value: this.make(copy) };
    this.known[slot] = made;
    this.last = made;
    return made.value;
  }
}

/** Words that share a slot put each other out, which costs time only. */
function hashOf(bytes: Buffer, from: number, to: number): number {
  let hash = to - from;
  for (let i = from; i < to; i++) hash = ((hash << 5) - hash + (bytes[i] as number)) | 0;
  return hash ^ (hash >>> 12);
}

/** From the end, where paths differ. */
function same(known: Buffer, bytes: Buffer, from: number, to: number): boolean {
  if (known.length !== to - from) return false;
  for (let i = known.length - 1; i >= 0; i--) if (known[i] !== bytes[from + i]) return false;
  return true;
}
