import { COLON, numberIn, QUOTE, SPACE, seek, skipSpaces, startsWith } from './ascii.ts';
import { WordReader } from './byte-cache.ts';
import type { Framer } from './frame.ts';
import { readNode } from './frame-audit-log.ts';
import { afterPrintkTime, afterPriority } from './frame-printk.ts';
import type { Line } from './line.ts';
import { printable } from './name.ts';
import { afterTime } from './syslog-time.ts';

const FACILITY_STEP = 8;
const DASH = 0x2d;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const BACKSLASH = 0x5c;
const VERSION = Buffer.from('1 ', 'latin1');
/** What stands before the colon, and who that is. The last row is everybody else. */
const TAGS: readonly (readonly [RegExp, Tag])[] = [
  [/^kernel$/, 'kernel'],
  [/^kern\.[a-z]+$/, 'kernel-facility'],
  [/^[a-z0-9]+\.[a-z]+$/, 'user-facility'],
  // auditd's syslog plug-in repeats its records under these names.
  [/^audisp(?:d|-syslog)$/, 'dispatcher'],
  // A journal entry of _TRANSPORT=audit in journalctl's short text: `audit[PID]: SECCOMP …`.
  [/^audit\[\d+\]$/, 'journal-audit'],
  [/^/, 'program'],
];
const SECCOMP = Buffer.from('SECCOMP ', 'latin1');

type Tag = 'kernel' | 'kernel-facility' | 'user-facility' | 'dispatcher' | 'journal-audit' | 'program';

/**
 * `[<PRI>]TIME HOST TAG: TEXT` (RFC 3164 and RSYSLOG_FileFormat; journalctl's short texts; socklogd without HOST, busybox with
 * `kern.notice` before the tag) and `<PRI>1 TIME HOST APP PROCID MSGID DATA TEXT` (RFC 5424). The kernel's tag is `kernel`
 * without a process id; printk's own time may stand before its text.
 */
export function syslogFramer(): Framer {
  const hosts = new WordReader(64, printable);
  const tags = new WordReader(256, tagOf);
  return (line) => {
    const { bytes, from, end } = line;
    const start = afterPriority(bytes, from, end);
    const rfc5424 = start > from && startsWith(bytes, start, end, VERSION);
    line.timeFrom = rfc5424 ? start + VERSION.length : start;
    line.timeTo = afterTime(bytes, line.timeFrom, end);
    if (line.timeTo < 0) return 'elsewhere';
    const head = (rfc5424 ? readHead5424 : readHead3164)(line, tags);
    if (head === undefined) return 'elsewhere';
    line.host = hostOf(line, head, hosts);
    const userFacility = start > from && numberIn(bytes, from + 1, start - 1) >= FACILITY_STEP;
    line.speaker = head.tag === 'dispatcher' || (head.tag === 'kernel' && !userFacility) ? 'kernel' : 'user';
    line.textFrom = afterPrintkTime(bytes, head.textFrom, end);
    if (head.tag === 'dispatcher') readNode(line, hosts);
    return head.tag === 'journal-audit' && startsWith(bytes, head.textFrom, end, SECCOMP) ? 'no-stamp' : 'framed';
  };
}

interface Head {
  readonly hostFrom: number;
  readonly hostTo: number;
  readonly tag: Tag;
  readonly textFrom: number;
}

/** RFC 5424 writes `-` where there is none. */
function hostOf({ bytes }: Line, { hostFrom, hostTo }: Head, hosts: WordReader<string>): string | undefined {
  const none = hostFrom === hostTo || (hostTo === hostFrom + 1 && bytes[hostFrom] === DASH);
  return none ? undefined : hosts.read(bytes, hostFrom, hostTo);
}

function readHead3164({ bytes, timeTo, end }: Line, tags: WordReader<Tag>): Head | undefined {
  const hostFrom = skipSpaces(bytes, timeTo, end);
  let at = hostFrom;
  let wordEnd = seek(bytes, at, end, SPACE);
  const hostTo = bytes[wordEnd - 1] === COLON ? hostFrom : wordEnd;
  let facility: Tag = 'kernel-facility';
  for (let words = 0; words < 2 && wordEnd < end && bytes[wordEnd - 1] !== COLON; words++) {
    if (words === 1) facility = tags.read(bytes, at, wordEnd);
    at = wordEnd + 1;
    wordEnd = seek(bytes, at, end, SPACE);
  }
  if (wordEnd >= end || wordEnd - 1 <= at || bytes[wordEnd - 1] !== COLON) return undefined;
  if (facility !== 'kernel-facility' && facility !== 'user-facility') return undefined;
  const tag = tags.read(bytes, at, wordEnd - 1);
  const kernel = (tag === 'kernel' || tag === 'kernel-facility') && facility === 'kernel-facility';
  return { hostFrom, hostTo, tag: kernel ? 'kernel' : tag === 'kernel' ? 'program' : tag, textFrom: wordEnd + 1 };
}

function readHead5424({ bytes, timeTo, end }: Line, tags: WordReader<Tag>): Head | undefined {
  const hostFrom = skipSpaces(bytes, timeTo, end);
  const hostTo = seek(bytes, hostFrom, end, SPACE);
  const appTo = seek(bytes, hostTo + 1, end, SPACE);
  const processTo = seek(bytes, appTo + 1, end, SPACE);
  const messageIdTo = seek(bytes, processTo + 1, end, SPACE);
  const textFrom = afterStructuredData(bytes, messageIdTo + 1, end);
  if (textFrom < 0) return undefined;
  const tag = tags.read(bytes, hostTo + 1, appTo);
  const hasProcessId = processTo - appTo !== 2 || bytes[appTo + 1] !== DASH;
  return { hostFrom, hostTo, tag: tag === 'kernel' && hasProcessId ? 'program' : tag, textFrom };
}

/** Steps over `-` or `[ID NAME="VALUE"…]…` and the space after it; -1 where neither stands. */
function afterStructuredData(bytes: Buffer, from: number, end: number): number {
  let at = from;
  if (bytes[at] === DASH) at++;
  for (let quoted = false; bytes[from] === OPEN && at < end; at++) {
    if (quoted && bytes[at] === BACKSLASH) at++;
    else if (bytes[at] === QUOTE) quoted = !quoted;
    else if (!quoted && bytes[at] === SPACE && bytes[at - 1] === CLOSE) break;
  }
  return at > from && at < end && bytes[at] === SPACE ? at + 1 : -1;
}

function tagOf(bytes: Buffer): Tag {
  const text = bytes.toString('latin1');
  return TAGS.find(([pattern]) => pattern.test(text))?.[1] ?? 'program';
}
