/** Code points that a terminal or a reader could misread: controls, formats, unassigned, line and paragraph separators. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}\\]/u;
const PLAIN = /^[\x20-\x5b\x5d-\x7e]*$/;

/**
 * A name (exe, comm, host, path) as printable text. Valid UTF-8 that can be seen stays as it is; a backslash and every
 * byte of anything else is written `\xNN`. Injective: two names print alike only if their bytes are alike, so
 * printable text is compared and stored in place of the bytes. Never throws.
 */
export function printable(name: Buffer | string): string {
  const plain = typeof name === 'string' ? name : name.toString('latin1');
  if (PLAIN.test(plain)) return plain;
  const bytes = typeof name === 'string' ? Buffer.from(name, 'utf8') : name;
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    const next = at + Math.max(length, 1);
    const char = length === 0 ? '\\' : bytes.toString('utf8', at, next);
    text += UNPRINTABLE.test(char) ? escaped(bytes, at, next) : char;
    at = next;
  }
  return text;
}

function escaped(bytes: Buffer, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at++) text += `\\x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}`;
  return text;
}

/** Bytes of the well-formed UTF-8 sequence that begins at `at` (Unicode 15, table 3-7), or 0 where none does. */
function sequenceLength(bytes: Buffer, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  // The second byte excludes overlong forms, surrogates and what lies beyond U+10FFFF.
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (!within(bytes[at + 1], lowest, highest)) return 0;
  for (let i = 2; i < length; i++) if (!within(bytes[at + i], 0x80, 0xbf)) return 0;
  return length;
}

function within(byte: number | undefined, lowest: number, highest: number): boolean {
  return byte !== undefined && byte >= lowest && byte <= highest;
}

/** Whether a text can have come from printable(): nothing in it that could be misread, a backslash only as `\xNN`. */
export function isPrintable(text: string): boolean {
  return PLAIN.test(text) || !UNPRINTABLE.test(text.replace(/\\x[0-9a-f]{2}/g, ''));
}
