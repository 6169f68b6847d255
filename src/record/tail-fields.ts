import { EQUALS, hexDigit, isDigit, SPACE } from './ascii.ts';
import type { RejectionReason } from './record.ts';

/**
 * Reads ` key=value` fields from the END of a record towards its head. The kernel prints the last fields in a fixed
 * order and without spaces, while names and labels before them are hostile: read this way, none can imitate a field.
 *
 * The first field that is not as wanted is kept in `fault`; what is read after that means nothing.
 */
export class TailFields {
  /** The end of what is still unread: the space before the field read last. */
  at = 0;
  fault: RejectionReason | undefined;
  faultField: string | undefined;
  private bytes: Buffer = Buffer.alloc(0);
  private from = 0;
  /** Upper and lower 32 bits of the last hexadecimal number, and where its digits stand. */
  private high = 0;
  private low = 0;
  private digitsFrom = 0;
  private digitsTo = 0;

  reset(bytes: Buffer, from: number, end: number): void {
    this.bytes = bytes;
    this.from = from;
    this.at = end;
    this.fault = undefined;
    this.faultField = undefined;
  }

  /** A decimal number as %d and %u print it: no leading zero, no plus. */
  decimal(key: Key, lowest: number, highest: number): number {
    const { bytes, from } = this;
    let i = this.at - 1;
    let value = 0;
    let unit = 1;
    for (; i >= from && isDigit(bytes[i]); i--) {
      value += ((bytes[i] ?? 0) - 0x30) * unit;
      unit *= 10;
    }
    const digits = this.at - 1 - i;
    if (digits === 0 || digits > 19 || (digits > 1 && bytes[i + 1] === 0x30)) return this.fail('bad-number', key);
    if (bytes[i] === 0x2d && value !== 0) {
      value = -value;
      i--;
    }
    if (bytes[i] !== EQUALS || value < lowest || value > highest) return this.fail('bad-number', key);
    this.leave(key, i);
    return value;
  }

  /** A hexadecimal number of at most 32 bits as %x prints it; `prefixed`: as 0x%x does. */
  hex(key: Key, prefixed: boolean): number {
    this.readHex(key, prefixed);
    if (this.high !== 0) this.fail('bad-number', key);
    return this.low;
  }

  /** The same for 64 bits: the upper and lower halves go to `ret`, with the digits' place. */
  wideHex(key: Key, ret: WideHex): void {
    this.readHex(key, true);
    ret.high = this.high;
    ret.low = this.low;
    ret.from = this.digitsFrom;
    ret.to = this.digitsTo;
  }

  /** A value without spaces; its place goes to `ret`. */
  word(key: Key, ret: Place): void {
    const { bytes, from } = this;
    let i = this.at - 1;
    while (i >= from && bytes[i] !== SPACE) i--;
    ret.from = i + 1 + key.name.length + 1;
    ret.to = this.at;
    if (ret.from > this.at || bytes[ret.from - 1] !== EQUALS) this.fail('truncated', key);
    else this.leave(key, ret.from - 1);
  }

  private readHex(key: Key, prefixed: boolean): void {
    const { bytes, from } = this;
    let i = this.at - 1;
    let value = 0;
    let unit = 1;
    this.high = 0;
    this.low = 0;
    for (let digit = 0; i >= from && (digit = hexDigit(bytes[i])) >= 0; i--) {
      value += digit * unit;
      unit *= 16;
      if (this.at - i === 8) {
        this.low = value;
        value = 0;
        unit = 1;
      }
    }
    const digits = this.at - 1 - i;
    if (digits < 8) this.low = value;
    else this.high = value;
    this.digitsFrom = i + 1;
    this.digitsTo = this.at;
    if (digits === 0 || digits > 16 || (digits > 1 && bytes[i + 1] === 0x30)) this.fail('bad-number', key);
    if (prefixed) {
      if (bytes[i] !== 0x78 || bytes[i - 1] !== 0x30) this.fail('bad-number', key);
      i -= 2;
    }
    if (i < from || bytes[i] !== EQUALS) this.fail('bad-number', key);
    else this.leave(key, i);
  }

  /** Steps over ` key` before the equals sign at `i`. */
  private leave(key: Key, i: number): void {
    const { bytes } = this;
    const { spaced } = key;
    const start = i - spaced.length;
    if (start < this.from) {
      this.fail('truncated', key);
      return;
    }
    for (let k = 0; k < spaced.length; k++) {
      if (bytes[start + k] !== spaced[k]) {
        this.fail('truncated', key);
        return;
      }
    }
    this.at = start;
  }

  /** Keeps the first fault only. A field that does not stand where it must is missing, not ill-formed. */
  private fail(reason: RejectionReason, key: Key): number {
    if (this.fault === undefined) {
      this.fault = this.endsWithField(key) ? reason : 'truncated';
      this.faultField = key.name;
    }
    return 0;
  }

  private endsWithField(key: Key): boolean {
    const { bytes, from } = this;
    const space = bytes.subarray(from, this.at).lastIndexOf(SPACE);
    return bytes.subarray(from + space + 1, this.at).indexOf(`${key.name}=`, 0, 'latin1') === 0;
  }
}

export interface Place {
  from: number;
  to: number;
}

export interface WideHex extends Place {
  high: number;
  low: number;
}

export interface Key {
  readonly name: string;
  /** The name with the space before it. */
  readonly spaced: Buffer;
}

export function keyOf(name: string): Key {
  return { name, spaced: Buffer.from(` ${name}`, 'latin1') };
}
