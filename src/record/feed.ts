import type { Carrier } from './carrier.ts';
import type { Framer } from './frame.ts';
import { auditLogFramer } from './frame-audit-log.ts';
import { dmesgFramer } from './frame-dmesg.ts';
import { kmsgFramer } from './frame-kmsg.ts';
import { netlinkFramer } from './frame-netlink.ts';
import { syslogFramer } from './frame-syslog.ts';
import { JournalReader } from './journal.ts';
import { JournalExportReader } from './journal-export.ts';
import { parseJournalJson } from './journal-json.ts';
import { type Line, newLine, type Reading } from './line.ts';
import { LineFinder } from './lines.ts';
import { nameReader } from './names.ts';
import { PayloadReader } from './payload.ts';
import { reject } from './rejection.ts';
import type { Trust } from './trust.ts';

/** Takes a source's bytes. */
export interface Feed {
  push(chunk: Buffer): void;
  end(): void;
}

/** Takes what was made of them. */
export interface Outlet {
  readonly looked: () => void;
  readonly read: (reading: Reading) => void;
}

type SetTrust = (line: Line) => void;
type NewFeed = (setTrust: SetTrust, outlet: Outlet, bootId: string | undefined) => Feed;

/**
 * Where lines are mostly others', only those that hold one of these are looked into: a record or a word of audit's own, and a
 * piece of each saying of loss.ts, seldom in other lines. The shortest says how fast (anchors.ts).
 */
const ANCHORS = ['audit(', 'audit:', 'audit[', 'uppressed', 'Missed ', 'verrun,', 'ate-limiting'];
const JSON_ANCHORS = ['audit', ...ANCHORS, '"MESSAGE":[', '"MESSAGE" : [', '"MESSAGE":null', '"MESSAGE" : null'];
const OURS = 'audit(';

const FEEDS: Readonly<Record<Carrier, NewFeed>> = {
  netlink: lineFeed({ framer: netlinkFramer, anchors: [], bare: true }),
  kmsg: lineFeed({ framer: kmsgFramer, anchors: [], escaped: true }),
  dmesg: lineFeed({ framer: dmesgFramer, anchors: ANCHORS }),
  syslog: lineFeed({ framer: syslogFramer, anchors: ANCHORS }),
  'audit-log': lineFeed({ framer: auditLogFramer, anchors: [], bare: true }),
  'journal-json': jsonFeed,
  'journal-export': exportFeed,
};

export interface FeedOptions {
  readonly carrier: Carrier;
  /** What a line gets that does not say itself that a process wrote it. */
  readonly trust: Trust;
  /** What a line gets whose carrier tells no boot. */
  readonly bootId: string | undefined;
}

export function newFeed({ carrier, trust, bootId }: FeedOptions, outlet: Outlet): Feed {
  const setTrust: SetTrust = (line) => {
    line.trust = line.speaker === 'user' ? 'forgeable' : trust;
  };
  return FEEDS[carrier](setTrust, outlet, bootId);
}

interface LineCarrier {
  readonly framer: () => Framer;
  readonly anchors: readonly string[];
  readonly escaped?: boolean;
  /** Records mostly stand without a frame, so that one can be known again where it begins. */
  readonly bare?: boolean;
}

function lineFeed({ framer, anchors, escaped = false, bare = false }: LineCarrier): NewFeed {
  return (setTrust, outlet, bootId) => {
    const frame = framer();
    const payload = new PayloadReader(nameReader({ escaped }));
    const line = newLine();
    line.bootId = bootId;
    const start = (bytes: Buffer, from: number, end: number): void => {
      line.bytes = bytes;
      line.from = from;
      line.end = end;
      line.textFrom = from;
      line.speaker = 'kernel';
      setTrust(line);
    };
    const visit = (bytes: Buffer, from: number, end: number): Reading => {
      outlet.looked();
      start(bytes, from, end);
      const framing = frame(line, outlet.read);
      if (framing === 'no-stamp') return reject('no-stamp', undefined, bytes, from, end);
      if (framing === 'comment') return undefined;
      if (framing === 'elsewhere') return payload.readUnframed(line);
      setTrust(line);
      return payload.read(line);
    };
    /** A text that begins a line and needs no frame needs none where it begins another: both carriers look at its first bytes only. */
    const repeat = (bytes: Buffer, from: number, end: number): number => {
      if (line.textFrom !== line.from || line.host !== undefined) return -1;
      start(bytes, from, end);
      const reading = payload.readRepeated(line);
      if (reading === undefined) return -1;
      outlet.looked();
      outlet.read(reading);
      return line.end;
    };
    return new LineFinder(anchors, {
      line: (bytes, from, end) => outlet.read(visit(bytes, from, end)),
      tooLong: (bytes, from, end) => outlet.read(rejectTooLong(bytes, from, end)),
      ...(bare && { repeat }),
    });
  };
}

function jsonFeed(setTrust: SetTrust, outlet: Outlet): Feed {
  const journal = new JournalReader(new PayloadReader(nameReader({ escaped: false })), setTrust);
  return new LineFinder(JSON_ANCHORS, {
    line: (bytes, from, end) => {
      outlet.looked();
      const entry = parseJournalJson(bytes, from, end);
      if (entry === 'bad-json') outlet.read(reject('bad-json', undefined, bytes, from, end));
      else if (entry !== undefined) outlet.read(journal.read(entry));
    },
    tooLong: (bytes, from, end) => outlet.read(rejectTooLong(bytes, from, end)),
  });
}

function exportFeed(setTrust: SetTrust, outlet: Outlet): Feed {
  const journal = new JournalReader(new PayloadReader(nameReader({ escaped: false })), setTrust);
  return new JournalExportReader({
    entry: (entry) => {
      outlet.looked();
      outlet.read(journal.read(entry));
    },
    cut: ({ message }) => {
      const ours = message instanceof Buffer && message.includes(OURS);
      if (ours) outlet.read(reject('truncated', undefined, message, 0, message.length));
    },
  });
}

/** A line over 64 KiB, of which bytes[from, end) is the beginning. */
function rejectTooLong(bytes: Buffer, from: number, end: number): Reading {
  const ours = bytes.subarray(from, end).includes(OURS);
  return ours ? reject('too-long', undefined, bytes, from, end) : undefined;
}
