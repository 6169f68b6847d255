import { COLON, isDigit, SPACE, seek, skipSpaces } from './ascii.ts';

const OPEN = 0x5b;
const CLOSE = 0x5d;
const AT = 0x40;
const DASH = 0x2d;

/**
 * Where the time at bytes[at] ends, or -1 where none stands. Of one word: RFC 3339, journalctl's short-iso and short-unix, a TAI64N
 * label. `[ 1431.072111]`: short-monotonic. `Nov 22 01:33:36`: RFC 3164. `Sun 2026-11-22 01:28:27 UTC`: short-full.
 */
export function afterTime(bytes: Buffer, at: number, end: number): number {
  const byte = bytes[at];
  if (isDigit(byte) || byte === AT) return beforeSpace(bytes, at, end);
  if (byte === OPEN) {
    const close = seek(bytes, at, end, CLOSE);
    return bytes[close + 1] === SPACE && close < end ? close + 1 : -1;
  }
  if (!isWordOfThree(bytes, at)) return -1;
  const second = skipSpaces(bytes, at + 3, end);
  const secondEnd = seek(bytes, second, end, SPACE);
  if (!isDigit(bytes[second])) return -1;
  const clock = skipSpaces(bytes, secondEnd, end);
  if (!isDigit(bytes[clock]) || bytes[clock + 2] !== COLON) return -1;
  const clockEnd = beforeSpace(bytes, clock, end);
  const hasYear = bytes[second + 4] === DASH && second + 4 < secondEnd;
  return hasYear && clockEnd >= 0 ? beforeSpace(bytes, clockEnd + 1, end) : clockEnd;
}

/** Where the word at bytes[at] ends if a space follows it, else -1. */
function beforeSpace(bytes: Buffer, at: number, end: number): number {
  const space = seek(bytes, at, end, SPACE);
  return space > at && space < end ? space : -1;
}

function isWordOfThree(bytes: Buffer, at: number): boolean {
  return isLetter(bytes[at]) && isLetter(bytes[at + 1]) && isLetter(bytes[at + 2]) && bytes[at + 3] === SPACE;
}

function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
}
