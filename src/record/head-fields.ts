import { isDigit, SPACE, seek, startsWith } from './ascii.ts';
import type { RejectionReason } from './record.ts';
import type { Place } from './tail-fields.ts';

const MINUS = 0x2d;
const ZERO = 0x30;

/** A 64-bit number in halves of 32. */
export interface WideHex {
  high: number;
  low: number;
}

/** A field's name and the bytes that stand before its value. */
export interface HeadKey {
  readonly name: string;
  readonly text: Buffer;
}

export function headKeyOf(name: string): HeadKey {
  return { name, text: Buffer.from(`${name}=`, 'latin1') };
}

/**
 * Reads `key=value ` fields from the HEAD of a record on, for as long as nobody but the kernel can have chosen what they
 * say. Every value must be followed by a space, so that none that was cut is taken for a whole one. What is read after a
 * `fault` means nothing.
 */
export class HeadFields {
  /** Where the next field begins. */
  at = 0;
  /** The first field that is not as wanted. */
  fault: HeadKey | undefined;
  faultReason: RejectionReason = 'truncated';
  private bytes: Buffer = Buffer.alloc(0);
  private end = 0;

  reset(bytes: Buffer, from: number, end: number): void {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
    this.fault = undefined;
  }

  /** A decimal number as %d and %u print it, of at most 15 digits. */
  decimal(key: HeadKey, lowest: number, highest: number): number {
    const { bytes } = this;
    const from = this.valueOf(key);
    const negative = bytes[from] === MINUS;
    const first = negative ? from + 1 : from;
    let at = first;
    let value = 0;
    for (; at < this.end && isDigit(bytes[at]); at++) value = value * 10 + (bytes[at] as number) - ZERO;
    const digits = at - first;
    if (digits === 0 || digits > 15 || (bytes[first] === ZERO && (digits > 1 || negative))) return this.badNumber(key);
    if (negative) value = -value;
    if (value < lowest || value > highest) return this.badNumber(key);
    this.leave(key, at);
    return value;
  }

  /** A hexadecimal number of at most 64 bits as %lx prints it; goes to `ret`. */
  wideHex(key: HeadKey, ret: WideHex): void {
    const { bytes } = this;
    const from = this.valueOf(key);
    let at = from;
    ret.high = 0;
    ret.low = 0;
    for (let digit = hexDigit(bytes[at]); at < this.end && digit >= 0; digit = hexDigit(bytes[++at])) {
      ret.high = ((ret.high << 4) | (ret.low >>> 28)) >>> 0;
      ret.low = ((ret.low << 4) | digit) >>> 0;
    }
    const digits = at - from;
    if (digits === 0 || digits > 16 || (digits > 1 && bytes[from] === ZERO)) this.badNumber(key);
    else this.leave(key, at);
  }

  /** A value without spaces; its place goes to `ret`. */
  word(key: HeadKey, ret: Place): void {
    ret.from = this.valueOf(key);
    ret.to = seek(this.bytes, ret.from, this.end, SPACE);
    this.leave(key, ret.to);
  }

  /** Steps over a field that may be there, and whose value does not matter. */
  skipOptional(key: HeadKey): void {
    if (this.fault === undefined && startsWith(this.bytes, this.at, this.end, key.text)) this.skip(key);
  }

  skip(key: HeadKey): void {
    this.leave(key, seek(this.bytes, this.valueOf(key), this.end, SPACE));
  }

  /** Where the value of the field begins that must stand here. */
  private valueOf(key: HeadKey): number {
    if (startsWith(this.bytes, this.at, this.end, key.text)) return this.at + key.text.length;
    this.fail(key, 'truncated');
    return this.end;
  }

  private leave(key: HeadKey, at: number): void {
    if (at >= this.end) this.fail(key, 'truncated');
    else if (this.bytes[at] !== SPACE) this.fail(key, 'bad-number');
    this.at = at + 1;
  }

  private badNumber(key: HeadKey): number {
    this.fail(key, 'bad-number');
    this.at = this.end;
    return 0;
  }

  private fail(key: HeadKey, reason: RejectionReason): void {
    if (this.fault !== undefined) return;
    this.fault = key;
    this.faultReason = reason;
  }
}

/** The value of a hexadecimal digit as the kernel prints it in numbers (lower case), or -1. */
function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  return byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : -1;
}
