import { EQUALS, NEWLINE } from './ascii.ts';
import { JOURNAL_FIELDS, type JournalEntry, type JournalField } from './journal.ts';
import { LINE_BYTES } from './lines.ts';

const SIZE_BYTES = 8;
const FIELDS: ReadonlyMap<string, JournalField> = new Map(
  (Object.entries(JOURNAL_FIELDS) as [JournalField, string][]).map(([field, name]) => [name, field]),
);

type State = 'line' | 'size' | 'value' | 'newline';

export interface EntryVisitor {
  entry(entry: JournalEntry): void;
  /** The bytes ended within an entry. */
  cut(entry: JournalEntry): void;
}

/**
 * Cuts the Journal Export Format (systemd.io/JOURNAL_EXPORT_FORMATS) into entries: `NAME=VALUE` lines, or NAME, a 64-bit little-endian
 * size and as many bytes; an empty line ends an entry. Sizes are believed, so that a value cannot imitate fields. Keeps at
 * most one value of LINE_BYTES and the few fields that we read.
 */
export class JournalExportReader {
  private readonly visitor: EntryVisitor;
  private readonly pending = Buffer.allocUnsafeSlow(LINE_BYTES + 1);
  private length = 0;
  private state: State = 'line';
  private name = '';
  /** Bytes of the value that are still to come. */
  private left = 0;
  private message: JournalEntry['message'];
  private fields: Partial<Record<JournalField, string>> = {};

  constructor(visitor: EntryVisitor) {
    this.visitor = visitor;
  }

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) at = this.step(chunk, at);
  }

  end(): void {
    this.flush((entry) => this.visitor.cut(entry));
  }

  /** Takes bytes from chunk[at] on as far as the state goes; gives where the next begin. */
  private step(chunk: Buffer, at: number): number {
    switch (this.state) {
      case 'line':
        return this.takeLine(chunk, at);
      case 'size':
        return this.takeSize(chunk, at);
      case 'value':
        return this.takeValue(chunk, at);
      case 'newline':
        break;
    }
    this.state = 'line';
    return chunk[at] === NEWLINE ? at + 1 : at;
  }

  private takeLine(chunk: Buffer, at: number): number {
    const newline = chunk.indexOf(NEWLINE, at);
    const to = newline < 0 ? chunk.length : newline;
    this.keep(chunk, at, to);
    if (newline < 0) return to;
    this.endLine();
    return to + 1;
  }

  private endLine(): void {
    const { pending, length } = this;
    this.length = 0;
    if (length === 0) {
      this.flush((entry) => this.visitor.entry(entry));
      return;
    }
    const equals = pending.subarray(0, length).indexOf(EQUALS);
    this.name = pending.toString('latin1', 0, equals < 0 ? length : equals);
    if (equals < 0) this.state = 'size';
    else this.take(pending.subarray(equals + 1, length), length > LINE_BYTES);
  }

  private takeSize(chunk: Buffer, at: number): number {
    const to = Math.min(chunk.length, at + SIZE_BYTES - this.length);
    this.keep(chunk, at, to);
    if (this.length === SIZE_BYTES) {
      this.left = Number(this.pending.readBigUInt64LE(0));
      this.length = 0;
      this.state = 'value';
    }
    return to;
  }

  private takeValue(chunk: Buffer, at: number): number {
    const to = Math.min(chunk.length, at + this.left);
    this.keep(chunk, at, to);
    this.left -= to - at;
    if (this.left === 0) {
      this.take(this.pending.subarray(0, this.length), this.length > LINE_BYTES);
      this.length = 0;
      this.state = 'newline';
    }
    return to;
  }

  /** A field that comes twice counts as it came first. */
  private take(value: Buffer, tooLong: boolean): void {
    const { name, fields } = this;
    const field = FIELDS.get(name);
    if (name === 'MESSAGE') this.message ??= tooLong ? 'too-long' : Buffer.from(value);
    else if (field !== undefined) fields[field] ??= value.toString('utf8');
  }

  private flush(show: (entry: JournalEntry) => void): void {
    const { message, fields } = this;
    this.message = undefined;
    this.fields = {};
    if (message !== undefined) show({ message, fields });
  }

  /** One byte beyond LINE_BYTES is kept: it tells that the value is too long. */
  private keep(chunk: Buffer, from: number, to: number): void {
    const room = this.pending.length - this.length;
    this.length += chunk.copy(this.pending, this.length, from, Math.min(to, from + room));
  }
}
