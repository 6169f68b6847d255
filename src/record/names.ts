import { QUOTE, upperHexDigit } from './ascii.ts';
import { WordReader } from './byte-cache.ts';
import { printable } from './name.ts';

/** Programs that run side by side are far fewer. */
const SLOTS = 1024;
const NULL_NAME = Buffer.from('(null)', 'latin1');
const BACKSLASH = 0x5c;

/**
 * Reads names as audit prints untrusted strings (kernel/audit.c audit_log_untrustedstring): `"quoted"` where every byte
 * is 0x21–0x7e and no quote, else upper-case hex, `(null)` where there is none. It gives them as printable text (see
 * name.ts), or undefined where audit writes no such thing. `escaped`: the carrier writes a backslash as `\x5c`
 * (/dev/kmsg, kernel/printk/printk.c append_char).
 */
export function nameReader(options: { readonly escaped: boolean }): NameReader {
  return new WordReader(SLOTS, (value) => decode(value, options.escaped));
}

export type NameReader = WordReader<string | undefined>;

function decode(value: Buffer, escaped: boolean): string | undefined {
  if (value[0] === QUOTE) return decodeQuoted(value, escaped);
  if (value.equals(NULL_NAME)) return '(null)';
  const name = decodeHex(value);
  return name && printable(name);
}

function decodeQuoted(value: Buffer, escaped: boolean): string | undefined {
  if (value.length < 2 || value[value.length - 1] !== QUOTE) return undefined;
  const inner = value.subarray(1, -1);
  if (!inner.every((byte) => byte >= 0x21 && byte <= 0x7e && byte !== QUOTE)) return undefined;
  if (!escaped || !inner.includes(BACKSLASH)) return printable(inner);
  // Of the bytes that audit quotes, /dev/kmsg escapes this one only.
  const text = inner.toString('latin1').replaceAll('\\x5c', '\0');
  return text.includes('\\') ? undefined : printable(text.replaceAll('\0', '\\'));
}

function decodeHex(value: Buffer): Buffer | undefined {
  if (value.length === 0 || value.length % 2 !== 0) return undefined;
  const name = Buffer.alloc(value.length / 2);
  for (let i = 0; i < name.length; i++) {
    const high = upperHexDigit(value[2 * i]);
    const low = upperHexDigit(value[2 * i + 1]);
    if (high < 0 || low < 0) return undefined;
    name[i] = high * 16 + low;
  }
  return name;
}
