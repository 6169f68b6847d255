import { startsWith } from './ascii.ts';
import type { Words } from './words.ts';

/** A word that may stand where a pair of its bytes was seen. */
interface Guess {
  readonly word: Buffer;
  readonly head: number;
  /** Of the pair in the word. */
  readonly offset: number;
}

const HEAD_BYTES = 4;

/**
 * Finds the first of several words in one pass (Wu and Manber's search, with blocks of two bytes): where the shortest has
 * six bytes, one look at every fifth place is enough, and most looks see a pair of bytes that stands in no word. A search
 * for each word by itself reads the same memory as often as there are words.
 */
export class Anchors {
  private readonly stride: number;
  /** For each pair of bytes its place among the guesses; 0: it stands in no word. */
  private readonly pairs = new Uint8Array(0x1_0000);
  private readonly guesses: Guess[][] = [[]];

  /** Words of at least four bytes. */
  constructor(words: readonly string[]) {
    this.stride = Math.min(...words.map((word) => word.length - 1));
    for (const text of words) {
      const word = Buffer.from(text, 'latin1');
      for (let offset = 0; offset < this.stride; offset++) {
        this.guessesFor(word.readUInt16LE(offset)).push({ word, head: word.readInt32LE(0), offset });
      }
    }
  }

  private guessesFor(pair: number): Guess[] {
    if (this.pairs[pair] === 0) this.pairs[pair] = this.guesses.push([]) - 1;
    return this.guesses[this.pairs[pair] ?? 0] ?? [];
  }

  /** Where a word stands in bytes[from, end), whole, or `end`: of words that overlap any, else the first. */
  find(words: Words, bytes: Buffer, from: number, end: number): number {
    const { stride, pairs } = this;
    const view = words.view(bytes);
    for (let at = from; at + 1 < end; at += stride) {
      const pair = pairs[view.getUint16(at, true)] as number;
      if (pair === 0) continue;
      for (const { word, head, offset } of this.guesses[pair] as Guess[]) {
        const start = at - offset;
        if (start < from || start + HEAD_BYTES > end || view.getInt32(start, true) !== head) continue;
        if (startsWith(bytes, start, end, word)) return start;
      }
    }
    return end;
  }
}
