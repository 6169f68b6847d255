import { expect, test } from 'vitest';
import type { Carrier } from '../../src/record/carrier.ts';
import type { LossRecord } from '../../src/record/record.ts';
import { printkText } from './lines.ts';
import { isLoss, read } from './reading.ts';

const KERNEL = '[  985.086492] ';

test.for<readonly [Carrier, string, Partial<LossRecord>]>([
  ['dmesg', `${KERNEL}kauditd_printk_skb: 100012 callbacks suppressed`, { reason: 'suppressed', count: 100012 }],
  ['dmesg', `${KERNEL}audit_log_lost: 259720 callbacks suppressed`, { reason: 'suppressed', count: 259720 }],
  ['dmesg', `${KERNEL}audit_log_start: 1227 callbacks suppressed`, { reason: 'suppressed', count: 1227 }],
  ['dmesg', `${KERNEL}some_driver.part.0: 3 callbacks suppressed`, { reason: 'suppressed', count: 3 }],
  ['dmesg', `${KERNEL}audit: audit_backlog=65 > audit_backlog_limit=64`, { reason: 'backlog', count: undefined }],
  [
    'dmesg',
    `${KERNEL}audit: audit_lost=2 audit_rate_limit=0 audit_backlog_limit=64`,
    { reason: 'audit-lost', count: 2 },
  ],
  ['dmesg', `${KERNEL}audit: backlog limit exceeded`, { reason: 'backlog', count: undefined }],
  ['dmesg', `${KERNEL}audit: rate limit exceeded`, { reason: 'rate', count: undefined }],
  ['dmesg', `${KERNEL}audit: kauditd hold queue overflow`, { reason: 'backlog', count: undefined }],
  ['dmesg', `${KERNEL}audit: kauditd retry queue overflow`, { reason: 'backlog', count: undefined }],
  ['dmesg', `${KERNEL}audit: out of memory in audit_log_start`, { reason: 'backlog', count: undefined }],
  [
    'kmsg',
    '4,1849,985086492,-;kauditd_printk_skb: 7 callbacks suppressed',
    { reason: 'suppressed', count: 7, trust: 'kernel' },
  ],
  [
    'kmsg',
    '12,1849,985086492,-;kauditd_printk_skb: 7 callbacks suppressed',
    { reason: 'suppressed', trust: 'forgeable' },
  ],
  [
    'syslog',
    '2026-11-22T01:33:36.5+01:00 vm kernel: [ 1.1] kauditd_printk_skb: 5 callbacks suppressed',
    { reason: 'suppressed', count: 5, atMs: Date.UTC(2026, 10, 22, 0, 33, 36, 500) },
  ],
  [
    'syslog',
    '2026-13-41T25:61:61Z vm kernel: kauditd_printk_skb: 5 callbacks suppressed',
    { count: 5, atMs: undefined },
  ],
  ['syslog', 'Nov 22 01:33:36 vm kernel: kauditd_printk_skb: 5 callbacks suppressed', { count: 5, atMs: undefined }],
  [
    'syslog',
    'Nov 22 01:28:27 vm systemd-journald[21556]: Missed 701595 kernel messages',
    { reason: 'journal-missed', count: 701595 },
  ],
  [
    'syslog',
    'Nov 22 01:28:27 vm systemd-journald[1]: /dev/kmsg buffer overrun, some messages lost.',
    { reason: 'journal-missed', count: undefined },
  ],
  [
    'syslog',
    'Nov 22 01:28:27 vm rsyslogd: imklog: 12 messages lost due to rate-limiting',
    { reason: 'suppressed', count: 12 },
  ],
  [
    'netlink',
    '#loss enobufs at=1795310814627',
    { reason: 'enobufs', count: undefined, atMs: 1795310814627, trust: 'kernel' },
  ],
  ['netlink', '#loss overflow count=17 at=1795310814627', { reason: 'enobufs', count: 17, atMs: 1795310814627 }],
  ['netlink', '#loss kmsg-gap count=17 at=1795310814627', { reason: 'kmsg-gap', count: 17 }],
  ['kmsg', '#loss kmsg-gap at=1795310814627', { reason: 'kmsg-gap', count: undefined, atMs: 1795310814627 }],
  [
    'journal-json',
    JSON.stringify({
      _TRANSPORT: 'driver',
      __REALTIME_TIMESTAMP: '1795310907584651',
      MESSAGE: 'Missed 141 kernel messages',
    }),
    { reason: 'journal-missed', count: 141, atMs: 1795310907584, trust: 'kernel' },
  ],
])('%s: %s', ([carrier, line, expected]) => {
  const { records, rejections } = read(carrier, `${line}\n`);
  expect(rejections).toEqual([]);
  expect(records).toMatchObject([{ kind: 'loss', ...expected }]);
});

test.for<readonly [Carrier, string]>([
  ['dmesg', `${KERNEL}net_ratelimit: 12 callbacks suppressed`],
  ['dmesg', `${KERNEL}audit: type=2000 audit(`],
  ['dmesg', `${KERNEL}audit: initializing netlink subsys (disabled)`],
  ['dmesg', `${KERNEL}foo: kauditd_printk_skb: 7 callbacks suppressed`],
  ['netlink', '#ready netlink rcvbuf=134217728'],
  ['dmesg', `${KERNEL}kauditd_printk_skb: ${'9'.repeat(400)} callbacks suppressed`],
  ['netlink', '#loss'],
  ['netlink', '#loss enobufs at=x'],
  ['netlink', '#loss sunspots count=1 at=2'],
  ['syslog', 'Nov 22 01:28:27 vm systemd-journald[1]: Suppressed 12 messages from a.service'],
])('%s: no loss of ours in %s', ([carrier, line]) => {
  expect(read(carrier, `${line}\n`).records).toEqual([]);
});

test('audit-listen’s own drops show in the sequence of /dev/kmsg, and count once', () => {
  const lines = ['5,1,1,-;x', '#loss overflow count=3 at=5', '5,5,1,-;x', ''].join('\n');
  expect(read('kmsg', lines).records).toMatchObject([{ reason: 'kmsg-gap', count: 3 }]);
});

/** Losses that lines of /dev/kmsg with these sequence numbers show. */
function gaps(...sequences: number[]): unknown[] {
  const lines = sequences.map((sequence) => `5,${sequence},986784820,-;${printkText()}\n SUBSYSTEM=x\n`);
  const losses = read('kmsg', lines.join('')).records.filter(isLoss);
  return losses.map(({ reason, count }) => [reason, count]);
}

test('gaps of /dev/kmsg are counted, a new boot is none', () => {
  expect(gaps(1, 2, 3)).toEqual([]);
  expect(gaps(1_000_000)).toEqual([]);
  expect(gaps(1, 5, 6, 8)).toEqual([
    ['kmsg-gap', 3],
    ['kmsg-gap', 1],
  ]);
  expect(gaps(9, 10, 0, 1)).toEqual([]);
});
