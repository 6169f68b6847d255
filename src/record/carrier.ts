import type { Trust } from './trust.ts';

/**
 * How records reach us. `netlink`: lines of audit-listen, or netlink records printed as text; `kmsg`: /dev/kmsg;
 * `dmesg`: dmesg(1) text in any of its time formats; `syslog`: BSD, RFC 3339 and RFC 5424 lines, and journalctl's short texts,
 * which look the same; `audit-log`: auditd's file, raw or enriched; `journal-json`, `journal-export`: journalctl -o json, -o export.
 */
export type Carrier = 'netlink' | 'kmsg' | 'dmesg' | 'syslog' | 'audit-log' | 'journal-json' | 'journal-export';

export const CARRIERS: readonly Carrier[] = [
  'netlink',
  'kmsg',
  'dmesg',
  'syslog',
  'audit-log',
  'journal-json',
  'journal-export',
];

const DEFAULT_TRUST: Readonly<Record<Carrier, Trust>> = {
  netlink: 'kernel',
  kmsg: 'kernel',
  dmesg: 'forgeable',
  syslog: 'forgeable',
  'audit-log': 'file',
  'journal-json': 'kernel',
  'journal-export': 'kernel',
};

/**
 * The most that a record of this carrier can be trusted when it comes straight from its source. A line that itself tells
 * that a process wrote it (kmsg facility ≠ 0, journald _TRANSPORT=syslog) is `forgeable` all the same.
 */
export function defaultTrust(carrier: Carrier): Trust {
  return DEFAULT_TRUST[carrier];
}

const HEAD_BYTES = 65_536;
const HEAD_LINES = 400;

/** How a line of each carrier looks. A line counts for the first that it looks like. */
const LOOKS: readonly (readonly [RegExp, Carrier])[] = [
  [/^[^{]{0,7}\{.*"(?:__CURSOR|__REALTIME_TIMESTAMP|_TRANSPORT|MESSAGE)" ?:/, 'journal-json'],
  [/^(?:__CURSOR|__REALTIME_TIMESTAMP)=/, 'journal-export'],
  [/^\d+,\d+,\d+,[^;]*;/, 'kmsg'],
  [/^(?:#ready\b|#loss |type=\d+ (?:[a-z_]+=\d+ )*msg=audit\()/, 'netlink'],
  [/^(?:[\w+./@-]+:(?:\d+:)?)?(?:node=\S+ )?type=[A-Z][A-Z0-9_-]*(?:\[\d+\])? msg=audit\(/, 'audit-log'],
  [
    /^(?:<\d+>)?(?:[a-z]+ *:[a-z]+ *: ?)?\[(?: *\d+\.\d+|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4})\](?:\[[^\]]*\])? /,
    'dmesg',
  ],
  [/^(?:kern *:[a-z]+ *: |audit: type=\d|\d{4}-\d\d-\d\dT[\d:]{8},\d{6}\S* )/, 'dmesg'],
  [
    /^(?:<\d+>)?(?:1 )?(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8}|[A-Z][a-z]{2} \d{4}-|\d{4}-\d\d-\d\d[T_ ]|\d{10}\.\d|@[0-9a-f]{24} )/,
    'syslog',
  ],
];

/** The carrier whose lines stand most in the beginning of a source (64 KiB do), or undefined where none do. */
export function detectCarrier(head: Buffer): Carrier | undefined {
  const votes = new Map<Carrier, number>();
  const lines = head.toString('latin1', 0, HEAD_BYTES).split('\n', HEAD_LINES);
  for (const line of lines) {
    const carrier = LOOKS.find(([look]) => look.test(line))?.[1];
    if (carrier !== undefined) votes.set(carrier, (votes.get(carrier) ?? 0) + 1);
  }
  const [winner] = [...votes].sort(([, a], [, b]) => b - a);
  return winner?.[0];
}
