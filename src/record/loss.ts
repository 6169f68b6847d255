import type { Line } from './line.ts';
import { printable } from './name.ts';
import type { LossRecord } from './record.ts';

type Reason = LossRecord['reason'];

interface Saying {
  readonly pattern: RegExp;
  readonly reason: Reason;
}

/**
 * What kernel, journald and rsyslog say where they dropped records; the first group is the count.
 * net_ratelimit has a state of its own and cannot have swallowed ours; every other function may be printk_ratelimit's last caller.
 */
const SAYINGS: readonly Saying[] = [
  { pattern: /^(?!net_ratelimit: )[\w.]+: (\d{1,15}) (?:output lines|callbacks) suppressed/, reason: 'suppressed' },
  { pattern: /^audit: audit_lost=(\d{1,15}) audit_rate_limit=\d+ audit_backlog_limit=\d+/, reason: 'audit-lost' },
  { pattern: /^audit: (?:audit_backlog=\d+ > audit_backlog_limit=\d+|backlog limit exceeded)/, reason: 'backlog' },
  { pattern: /^audit: (?:kauditd (?:hold|retry) queue overflow|out of memory in \w+)/, reason: 'backlog' },
  { pattern: /^audit: rate limit exceeded/, reason: 'rate' },
  { pattern: /^Missed (\d{1,15}) kernel messages/, reason: 'journal-missed' },
  { pattern: /^\/dev\/kmsg buffer overrun, some messages lost\./, reason: 'journal-missed' },
  { pattern: /^im(?:klog|journal): (\d{1,15}) messages lost due to rate-limiting/, reason: 'suppressed' },
];

/** audit-listen's own lines: `#loss REASON [count=N] [at=MILLISECONDS]`. */
const CONTROL = /^#loss (enobufs|overflow|kmsg-gap)(?: count=(\d{1,15}))?(?: at=(\d{1,15}))?\s*$/;
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
const TEXT_BYTES = 200;

/** Reads a carrier's own word that records were lost; undefined where the text is none. */
export function readLoss(line: Line): LossRecord | undefined {
  const text = lossText(line);
  for (const { pattern, reason } of SAYINGS) {
    const match = pattern.exec(text);
    if (match) return loss(line, reason, count(match[1]), timeOf(line), text);
  }
  return undefined;
}

/** Reads audit-listen's control lines; undefined for `#ready` and other comments. */
export function readControl(line: Line): LossRecord | undefined {
  const text = lossText(line);
  const match = CONTROL.exec(text);
  if (!match) return undefined;
  return loss(line, match[1] === 'kmsg-gap' ? 'kmsg-gap' : 'enobufs', count(match[2]), count(match[3]), text);
}

/** The records between two /dev/kmsg lines whose sequence numbers are not neighbours. */
export function kmsgGap(line: Line, missing: number): LossRecord {
  return loss(line, 'kmsg-gap', missing, undefined, `/dev/kmsg: ${missing} messages are missing before this line`);
}

/** Text times tell a zone in RFC 3339 only; what is local, or lacks its year, is no time to rely on. */
function timeOf({ bytes, atMs, timeFrom, timeTo }: Line): number | undefined {
  if (atMs !== undefined) return atMs;
  const time = bytes.toString('latin1', timeFrom, timeTo);
  const parsed = RFC3339.test(time) ? Date.parse(time) : Number.NaN;
  return Number.isNaN(parsed) ? undefined : parsed;
}

function lossText({ bytes, textFrom, end }: Line): string {
  return bytes.toString('latin1', textFrom, Math.min(end, textFrom + TEXT_BYTES));
}

function loss(
  { trust }: Line,
  reason: Reason,
  lost: number | undefined,
  atMs: number | undefined,
  text: string,
): LossRecord {
  return { kind: 'loss', trust, reason, count: lost, atMs, text: printable(Buffer.from(text, 'latin1')) };
}

function count(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}
