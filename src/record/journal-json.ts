import { JOURNAL_FIELDS, type JournalEntry, type JournalField } from './journal.ts';

const OPEN_BRACE = 0x7b;
/** Longest thing before an entry: `data: ` of -o json-sse, a record separator of json-seq. */
const PREFIX_BYTES = 8;
const FIELDS = Object.entries(JOURNAL_FIELDS) as readonly (readonly [JournalField, string])[];

/** An entry of journalctl -o json (json-seq, json-sse) in bytes[from, end); `bad-json` where it is cut or no entry at all; undefined: no JSON. */
export function parseJournalJson(bytes: Buffer, from: number, end: number): JournalEntry | 'bad-json' | undefined {
  const brace = bytes.subarray(from, Math.min(end, from + PREFIX_BYTES)).indexOf(OPEN_BRACE);
  if (brace < 0) return undefined;
  const json = parse(bytes.toString('utf8', from + brace, end));
  if (json === undefined) return 'bad-json';
  const fields: Partial<Record<JournalField, string>> = {};
  for (const [field, name] of FIELDS) {
    const value = first(json[name]);
    if (typeof value === 'string') fields[field] = value;
  }
  return { message: messageOf(json.MESSAGE), fields };
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Text, an array of bytes where it is no text, null where it was left out; an array of those where the field came more than once. */
function messageOf(value: unknown): JournalEntry['message'] {
  if (value === null) return 'too-long';
  return textOf(value) ?? (Array.isArray(value) ? textOf(value[0]) : undefined);
}

function textOf(value: unknown): Buffer | undefined {
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  return isBytes(value) ? Buffer.from(value) : undefined;
}

function first(value: unknown): unknown {
  return Array.isArray(value) && typeof value[0] === 'string' ? value[0] : value;
}

function isBytes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255);
}
