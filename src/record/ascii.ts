export const NEWLINE = 0x0a;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const ZERO = 0x30;
export const COLON = 0x3a;
export const EQUALS = 0x3d;

/** Whether `text` stands at bytes[at], wholly before `end`. */
export function startsWith(bytes: Buffer, at: number, end: number, text: Buffer): boolean {
  if (at < 0 || at + text.length > end) return false;
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false;
  return true;
}

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** The first `byte` in bytes[at, end), or `end`. For short ways: a call into the runtime costs more than it saves. */
export function seek(bytes: Buffer, at: number, end: number, byte: number): number {
  while (at < end && bytes[at] !== byte) at++;
  return at;
}

/** The last `byte` in bytes[lowest, at], or `lowest`. */
export function seekBack(bytes: Buffer, at: number, lowest: number, byte: number): number {
  while (at > lowest && bytes[at] !== byte) at--;
  return at;
}

export function skipSpaces(bytes: Buffer, at: number, end: number): number {
  while (at < end && bytes[at] === SPACE) at++;
  return at;
}

export function skipDigits(bytes: Buffer, at: number, end: number): number {
  while (at < end && isDigit(bytes[at])) at++;
  return at;
}

/** The value of a hexadecimal digit as the kernel prints it in encoded names (upper case), or -1. */
export function upperHexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  return byte >= 0x41 && byte <= 0x46 ? byte - 0x37 : -1;
}

/** The number that the digits in bytes[from, to) spell; exact up to 2^53. */
export function numberIn(bytes: Buffer, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 10 + (bytes[at] ?? 0) - ZERO;
  return value;
}
