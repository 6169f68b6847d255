import type { Call, Origin } from './call.ts';
import type { Line } from './line.ts';
import { viewOf, Words } from './words.ts';

const ZERO = 0x30;
const U32_MAX = 0xffff_ffff;
const I32_MAX = 0x7fff_ffff;
/** Longer texts are read anew each time. */
const LONGEST = 1024;

/** Where two of the three numbers stand in which a record differs from the one before it. */
export interface Numbers {
  readonly nrFrom: number;
  readonly nrTo: number;
  readonly ipFrom: number;
  readonly ipTo: number;
}

/**
 * The fast path. A busy process' records of one tick differ in three numbers: serial, system call, instruction pointer. What is
 * equal, byte by byte, to the record before was judged with it; compared four bytes at a time it costs a third of reading
 * it. Whatever does not repeat so is for the full reader.
 */
export class Repeats {
  private readonly words = new Words();
  private readonly text = Buffer.alloc(LONGEST);
  private readonly known = viewOf(this.text);
  private length = 0;
  private serialFrom = 0;
  private serialTo = 0;
  private nrFrom = 0;
  private nrTo = 0;
  private ipFrom = 0;
  private ipTo = 0;
  private origin: Origin | undefined;
  private readonly call: Call;
  /** The number read last. */
  private low = 0;
  private high = 0;

  /** Fills that call, which the full reader fills too: what repeats is in it already. */
  constructor(call: Call) {
    this.call = call;
  }

  /** What the full reader has just read from the line's text. */
  learn(line: Line, serialFrom: number, serialTo: number, { nrFrom, nrTo, ipFrom, ipTo }: Numbers): void {
    const { bytes, textFrom, end } = line;
    this.length = end - textFrom <= LONGEST ? bytes.copy(this.text, 0, textFrom, end) : 0;
    this.origin = this.call.origin;
    this.serialFrom = serialFrom - textFrom;
    this.serialTo = serialTo - textFrom;
    this.nrFrom = nrFrom - textFrom;
    this.nrTo = nrTo - textFrom;
    this.ipFrom = ipFrom - textFrom;
    this.ipTo = ipTo - textFrom;
  }

  /** The call is about to hold another record. */
  forget(): void {
    this.length = 0;
  }

  /** Where the record ends that stands at the line's text and repeats the one that was learned: the call is then its. Else -1. */
  read({ bytes, textFrom, end, trust, host, bootId }: Line): number {
    const { origin, words } = this;
    if (this.length === 0 || origin?.trust !== trust || origin.host !== host || origin.bootId !== bootId) return -1;
    const view = words.view(bytes);
    let at = this.piece(view, textFrom, end, 0, this.serialFrom);
    if (at < 0) return -1;
    at = this.decimal(view, at, end, U32_MAX);
    const serial = this.low;
    at = this.piece(view, at, end, this.serialTo, this.nrFrom);
    if (at < 0) return -1;
    at = this.decimal(view, at, end, I32_MAX);
    const nr = this.low;
    at = this.piece(view, at, end, this.nrTo, this.ipFrom);
    if (at < 0) return -1;
    at = this.hex(view, at, end);
    at = this.piece(view, at, end, this.ipTo, this.length);
    if (at < 0) return -1;
    const { call } = this;
    call.serial = serial;
    call.nr = nr;
    call.ipHigh = this.high;
    call.ipLow = this.low;
    return at;
  }

  /** Where the text from..to, which must stand at `at`, ends; -1 where it does not. */
  private piece(view: DataView, at: number, end: number, from: number, to: number): number {
    if (at < 0 || at + to - from > end || !this.words.equal(view, at, this.known, from, to)) return -1;
    return at + to - from;
  }

  /** Where the number at `at` ends, which the kernel prints without a leading zero; -1 where none stands. */
  private decimal(view: DataView, at: number, end: number, most: number): number {
    let value = 0;
    let i = at;
    for (; i < end; i++) {
      const digit = view.getUint8(i) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    this.low = value;
    const digits = i - at;
    return digits === 0 || digits > 10 || value > most || (digits > 1 && view.getUint8(at) === ZERO) ? -1 : i;
  }

  private hex(view: DataView, at: number, end: number): number {
    let low = 0;
    let high = 0;
    let i = at;
    for (; i < end; i++) {
      const byte = view.getUint8(i);
      const digit = byte - (byte < 0x61 ? ZERO : 0x57);
      if (digit < 0 || digit > 15 || (byte < 0x61 && digit > 9)) break;
      high = (high << 4) | (low >>> 28);
      low = (low << 4) | digit;
    }
    this.low = low >>> 0;
    this.high = high >>> 0;
    const digits = i - at;
    return digits === 0 || digits > 16 || (digits > 1 && view.getUint8(at) === ZERO) ? -1 : i;
  }
}
