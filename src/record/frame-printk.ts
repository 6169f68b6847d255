import { isDigit, SPACE, seek, skipDigits } from './ascii.ts';

const OPEN = 0x5b;
const CLOSE = 0x5d;
const LESS = 0x3c;
const GREATER = 0x3e;
/** Longer than any time that dmesg(1) prints in brackets. */
const STAMP_BYTES = 48;

/** Steps over printk's `[  986.784820] ` or `[  986.784820][ T1234] `, or dmesg -T's `[Mon Apr  6 11:27:30 2020] `; `at` where none stands. */
export function afterPrintkTime(bytes: Buffer, at: number, end: number): number {
  let next = at;
  while (next < end && bytes[next] === OPEN) {
    const close = seek(bytes, next, Math.min(end, next + STAMP_BYTES), CLOSE);
    if (bytes[close] !== CLOSE) return at;
    next = close + 1;
  }
  return next > at && bytes[next] === SPACE ? next + 1 : at;
}

/** Steps over a syslog priority `<5>`; `at` where none stands. */
export function afterPriority(bytes: Buffer, at: number, end: number): number {
  if (bytes[at] !== LESS || !isDigit(bytes[at + 1])) return at;
  const close = skipDigits(bytes, at + 1, end);
  return bytes[close] === GREATER ? close + 1 : at;
}
