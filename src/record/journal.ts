import { SPACE, seek, startsWith } from './ascii.ts';
import { type Line, newLine, type Reading } from './line.ts';
import { printable } from './name.ts';
import type { PayloadReader } from './payload.ts';
import type { Stamp } from './record.ts';
import { reject } from './rejection.ts';

/** The fields of a journal entry that we read, by journald's names (systemd.journal-fields(7)). */
export const JOURNAL_FIELDS = {
  transport: '_TRANSPORT',
  facility: 'SYSLOG_FACILITY',
  auditType: '_AUDIT_TYPE',
  auditId: '_AUDIT_ID',
  sourceMicros: '_SOURCE_REALTIME_TIMESTAMP',
  realtimeMicros: '__REALTIME_TIMESTAMP',
  host: '_HOSTNAME',
  bootId: '_BOOT_ID',
} as const;
export type JournalField = keyof typeof JOURNAL_FIELDS;

export interface JournalEntry {
  /** `too-long`: journalctl leaves fields over 4096 bytes out unless it is given --all. */
  readonly message: Buffer | 'too-long' | undefined;
  readonly fields: Readonly<Partial<Record<JournalField, string>>>;
}

const DIGITS = /^(?:0|[1-9]\d{0,15})$/;
const BOOT_ID = /^[0-9a-f]{32}$/;
const U32_MAX = 0xffff_ffff;
const TYPE = Buffer.from('type=', 'latin1');
const NOTHING = Buffer.alloc(0);

/** Reads journal entries. journald sets the fields that begin with `_`; a process that logs cannot. */
export class JournalReader {
  private readonly line: Line = newLine();
  private readonly payload: PayloadReader;
  private readonly setTrust: (line: Line) => void;

  constructor(payload: PayloadReader, setTrust: (line: Line) => void) {
    this.payload = payload;
    this.setTrust = setTrust;
  }

  read({ message, fields }: JournalEntry): Reading {
    const { line } = this;
    const transport = fields.transport;
    if (message === 'too-long') {
      const ours = transport === 'kernel' || transport === 'audit';
      return ours ? reject('too-long', 'MESSAGE', NOTHING, 0, 0) : undefined;
    }
    if (message === undefined) return undefined;
    line.bytes = message;
    line.end = message.length;
    line.speaker = speakerOf(message, fields);
    line.host = fields.host === undefined ? undefined : printable(fields.host);
    line.bootId = BOOT_ID.test(fields.bootId ?? '') ? fields.bootId : undefined;
    line.atMs = millis(fields.realtimeMicros);
    this.setTrust(line);
    return transport === 'audit' ? this.readAudit(line, fields) : this.payload.read(line);
  }

  /** `SECCOMP auid=…`: type and stamp stand in fields of their own. */
  private readAudit(line: Line, fields: JournalEntry['fields']): Reading {
    const { bytes, end } = line;
    const stamp = stampOf(fields);
    const type = number(fields.auditType);
    if (stamp === undefined || type === undefined) return reject('bad-stamp', '_AUDIT_ID', bytes, 0, end);
    return this.payload.readBody(line, type, Math.min(seek(bytes, 0, end, SPACE) + 1, end), stamp);
  }
}

function speakerOf(message: Buffer, fields: JournalEntry['fields']): Line['speaker'] {
  switch (fields.transport) {
    case 'audit':
    case 'driver':
      return 'kernel';
    case 'kernel':
      // What root writes into /dev/kmsg is here too; it cannot have the kernel's facility.
      return fields.facility === '0' && !startsWith(message, 0, message.length, TYPE) ? 'kernel' : 'user';
    case undefined:
    default:
      return 'user';
  }
}

function stampOf(fields: JournalEntry['fields']): Stamp | undefined {
  const atMs = millis(fields.sourceMicros);
  const serial = number(fields.auditId);
  return atMs === undefined || serial === undefined || serial > U32_MAX ? undefined : { atMs, serial };
}

function millis(micros: string | undefined): number | undefined {
  const value = number(micros);
  return value === undefined ? undefined : Math.floor(value / 1000);
}

function number(digits: string | undefined): number | undefined {
  return digits !== undefined && DIGITS.test(digits) ? Number(digits) : undefined;
}
