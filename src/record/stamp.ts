import { isDigit, startsWith } from './ascii.ts';
import type { Stamp } from './record.ts';

const OPENING = Buffer.from('audit(', 'latin1');
const CLOSING = Buffer.from('): ', 'latin1');
const U32_MAX = 0xffff_ffff;

/**
 * Reads `audit(SECONDS.MILLIS:SERIAL): ` (kernel/audit.c audit_log_start: "%llu.%03lu:%u") at bytes[at]. `next` is then
 * where the body begins; -1 where no stamp stands there as the kernel prints it.
 */
export class StampReader {
  next = -1;
  /** Where the serial stands. */
  serialFrom = 0;
  serialTo = 0;
  private value = 0;

  read(bytes: Buffer, at: number, end: number): Stamp | undefined {
    this.next = -1;
    if (!startsWith(bytes, at, end, OPENING)) return undefined;
    const dot = this.number(bytes, at + OPENING.length, end);
    const seconds = this.value;
    if (dot < 0 || dot - at - OPENING.length > 11 || bytes[dot] !== 0x2e) return undefined;
    if (!isDigit(bytes[dot + 1]) || !isDigit(bytes[dot + 2]) || !isDigit(bytes[dot + 3])) return undefined;
    const millis = (bytes[dot + 1] ?? 0) * 100 + (bytes[dot + 2] ?? 0) * 10 + (bytes[dot + 3] ?? 0) - 0x30 * 111;
    if (dot + 4 >= end || bytes[dot + 4] !== 0x3a) return undefined;
    const close = this.number(bytes, dot + 5, end);
    if (close < 0 || this.value > U32_MAX || !startsWith(bytes, close, end, CLOSING)) return undefined;
    this.next = close + CLOSING.length;
    this.serialFrom = dot + 5;
    this.serialTo = close;
    return { atMs: seconds * 1000 + millis, serial: this.value };
  }

  /** A decimal number of at most 11 digits without a leading zero; gives where it ends, or -1. */
  private number(bytes: Buffer, at: number, end: number): number {
    let value = 0;
    let i = at;
    for (; i < end; i++) {
      const digit = (bytes[i] as number) - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    this.value = value;
    const digits = i - at;
    return digits === 0 || digits > 11 || (digits > 1 && bytes[at] === 0x30) ? -1 : i;
  }
}
