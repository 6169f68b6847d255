import { SPACE } from './ascii.ts';
import type { RejectionReason } from './record.ts';

const MINUS = 0x2d;
const ZERO = 0x30;
const NOT_HEX = -1;
/** The value of each byte as a lower-case hexadecimal digit, as the kernel prints numbers. */
const HEX = Int8Array.from({ length: 256 }, (_, byte) => '0123456789abcdef'.indexOf(String.fromCharCode(byte)));

/** A field's name and the bytes that stand before its value. */
export interface Key {
  readonly name: string;
  readonly text: Buffer;
}

/** ` NAME=`, with what the kernel prints before the digits (`0x`). */
export function keyOf(name: string, prefix = ''): Key {
  return { name, text: Buffer.from(` ${name}=${prefix}`, 'latin1') };
}

/** Where a value stands. */
export interface Place {
  from: number;
  to: number;
}

/**
 * Reads ` key=value` fields from the END of a record towards its head. The kernel prints the last fields in a fixed
 * order and without spaces, while names and labels before them are hostile: read this way, none can imitate a field.
 *
 * What is read after a `fault` means nothing. The caller sees to it that what
 * stands before a record cannot pass for its fields, and checks at the end that `at` has not left the record.
 */
export class TailFields {
  /** The end of what is still unread: the space before the field read last. */
  at = 0;
  /** The first field that is not as wanted. */
  fault: Key | undefined;
  /** The upper half of the number that wideHex() has read. */
  high = 0;
  private bytes: Buffer = Buffer.alloc(0);
  private faultAt = 0;

  reset(bytes: Buffer, end: number): void {
    this.bytes = bytes;
    this.at = end;
    this.fault = undefined;
  }

  /** A decimal number as %d and %u print it: no leading zero, no plus. */
  decimal(key: Key, lowest: number, highest: number): number {
    const { bytes, at } = this;
    let i = at - 1;
    let value = 0;
    let unit = 1;
    for (; ; i--) {
      const digit = (bytes[i] as number) - ZERO;
      // So written, it ends before the buffer's beginning too.
      if (!(digit >= 0 && digit <= 9)) break;
      value += digit * unit;
      unit *= 10;
    }
    const digits = at - 1 - i;
    if (digits === 0 || digits > 15 || (digits > 1 && bytes[i + 1] === ZERO)) return this.fail(key);
    if (value !== 0 && bytes[i] === MINUS) {
      value = -value;
      i--;
    }
    if (value < lowest || value > highest) return this.fail(key);
    this.leave(key, i);
    return value;
  }

  /** A hexadecimal number of at most 32 bits as %x prints it. */
  hex(key: Key): number {
    return this.readHex(key, 8);
  }

  /** The same for 64 bits: gives the lower half. */
  wideHex(key: Key): number {
    return this.readHex(key, 16);
  }

  /** A value without spaces; its place goes to `ret`. */
  word(key: Key, ret: Place): void {
    const { bytes, at } = this;
    let i = at - 1;
    while (i >= 0 && bytes[i] !== SPACE) i--;
    ret.from = i + key.text.length;
    ret.to = at;
    if (ret.from > at) this.fail(key);
    else this.leave(key, ret.from - 1);
  }

  private readHex(key: Key, most: number): number {
    const { bytes, at } = this;
    let i = at - 1;
    let low = 0;
    let high = 0;
    for (let shift = 0; ; i--, shift += 4) {
      const digit = HEX[bytes[i] as number] as number;
      if (!(digit > NOT_HEX)) break;
      if (shift < 32) low |= digit << shift;
      else high |= digit << (shift - 32);
    }
    this.high = high >>> 0;
    const digits = at - 1 - i;
    if (digits === 0 || digits > most || (digits > 1 && bytes[i + 1] === ZERO)) return this.fail(key);
    this.leave(key, i);
    return low >>> 0;
  }

  /** Steps over the key, which must end at bytes[last]. */
  private leave(key: Key, last: number): void {
    const { bytes } = this;
    const { text } = key;
    let i = last;
    for (let k = text.length - 1; k >= 0; k--, i--) {
      if (bytes[i] !== text[k]) {
        this.fail(key);
        return;
      }
    }
    this.at = i + 1;
  }

  /** What the first fault is: a field that stands where it must is ill-formed, else it is missing. */
  faultReason(): RejectionReason {
    const read = this.bytes.subarray(0, this.faultAt);
    const word = read.subarray(read.lastIndexOf(SPACE));
    return word.indexOf(` ${this.fault?.name}=`, 0, 'latin1') === 0 ? 'bad-number' : 'truncated';
  }

  private fail(key: Key): number {
    if (this.fault === undefined) {
      this.fault = key;
      this.faultAt = this.at;
    }
    return 0;
  }
}
