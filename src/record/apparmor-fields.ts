import { EQUALS, QUOTE, SPACE, seek, skipSpaces } from './ascii.ts';
import { printable } from './name.ts';
import type { NameReader } from './names.ts';
import type { RejectionReason } from './record.ts';

/** What is wrong with a body, and where. */
export interface Fault {
  readonly fault: RejectionReason;
  readonly field: string | undefined;
}

/** A body's fields: names are printable text (name.ts); what is told to be none is left out. */
export type AppArmorFields = ReadonlyMap<string, string>;

/** Keys whose bare values are hexadecimal, as audit_log_untrustedstring and aa_label_xaudit write what they may not quote. */
const NAMES: ReadonlySet<string> = new Set([
  'addr',
  'comm',
  'exe',
  'fstype',
  'label',
  'name',
  'name2',
  'namespace',
  'options',
  'peer',
  'peer_addr',
  'peer_label',
  'peer_profile',
  'profile',
  'srcname',
  'target',
  'trans',
]);
/** How kernel and dbus-daemon write that there is none. */
const NONE: ReadonlySet<string> = new Set(['none', '?', '(null)']);
const MOST_FIELDS = 64;
const UNDERSCORE = 0x5f;

/**
 * Reads `key=value key="value" …` in bytes[from, end). A quoted value holds no quote, whatever a file or program is called, so
 * that reading from the head on no name can imitate a field. Keys that nobody knows are read like the rest; a key that
 * stands twice is a record torn into another.
 */
export function readAppArmorFields(
  names: NameReader,
  bytes: Buffer,
  from: number,
  end: number,
): AppArmorFields | Fault {
  const fields = new Map<string, string>();
  const keys = new Set<string>();
  for (let at = skipSpaces(bytes, from, end); at < end; at = skipSpaces(bytes, at, end)) {
    const equals = afterKey(bytes, at, end);
    const key = bytes.toString('latin1', at, equals);
    if (equals === at || bytes[equals] !== EQUALS) return { fault: 'truncated', field: undefined };
    if (keys.has(key) || keys.size >= MOST_FIELDS) return { fault: 'repeated', field: key };
    const next = afterValue(bytes, equals + 1, end);
    if (next < 0) return { fault: 'truncated', field: key };
    const value = valueOf(names, key, bytes, equals + 1, next);
    if (value === BAD) return { fault: 'bad-name', field: key };
    keys.add(key);
    // An empty name is none.
    if (value !== undefined && value !== '') fields.set(key, value);
    at = next;
  }
  return fields;
}

/** Where the key at bytes[at] ends; dbus-daemon's and the kernel's are words of lower-case letters, digits and `_`. */
function afterKey(bytes: Buffer, at: number, end: number): number {
  let i = at;
  while (i < end && isKeyByte(bytes[i] ?? 0)) i++;
  return i;
}

function isKeyByte(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte === UNDERSCORE;
}

/** Where the value ends: after its closing quote, or before a space; -1 where it is cut. */
function afterValue(bytes: Buffer, at: number, end: number): number {
  if (bytes[at] !== QUOTE || at >= end) {
    const space = seek(bytes, at, end, SPACE);
    return space === at ? -1 : space;
  }
  const close = seek(bytes, at + 1, end, QUOTE);
  const whole = close < end && (close + 1 === end || bytes[close + 1] === SPACE);
  return whole ? close + 1 : -1;
}

const BAD = Symbol('not as audit writes it');

function valueOf(
  names: NameReader,
  key: string,
  bytes: Buffer,
  from: number,
  to: number,
): string | undefined | typeof BAD {
  if (bytes[from] === QUOTE) return quoted(names, key, bytes, from, to);
  const word = bytes.toString('latin1', from, to);
  if (!NAMES.has(key)) return /^[!#-~]+$/.test(word) ? printable(word) : BAD;
  return NONE.has(word) ? undefined : (names.read(bytes, from, to) ?? BAD);
}

/** Only the kernel's own constants hold spaces within quotes, and labels as dbus-daemon prints them. */
function quoted(names: NameReader, key: string, bytes: Buffer, from: number, to: number): string | typeof BAD {
  const name = names.read(bytes, from, to);
  if (name !== undefined) return name;
  if (NAMES.has(key) && !key.endsWith('label')) return BAD;
  const text = bytes.toString('latin1', from + 1, to - 1);
  return /^[ !#-[\]-~]*$/.test(text) ? text : BAD;
}
