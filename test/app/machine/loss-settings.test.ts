import { expect, test } from 'vitest';
import { type LossFacts, settings } from '../../../src/app/machine/loss-facts.ts';
import { lossSettings, usesOf } from '../../../src/app/machine/loss-settings.ts';
import { parseConfig } from '../../../src/config/load.ts';

const status = { enabled: 1, pid: 0, rateLimit: 0, backlogLimit: 8192, backlogWaitTime: 60_000, lost: 0, exclude: [] };
const fine: LossFacts = {
  bootOptions: [],
  logged: ['log'],
  sysctl: { printkRatelimit: '0', printkBurst: '10', dmesgRestrict: '0' },
  audit: { works: true, told: '', status },
  neverTask: false,
  auditd: settings('log_file = /var/log/audit/audit.log\nmax_log_file_action = ROTATE\nnum_logs = 5'),
  journald: settings('[Journal]\n#Storage=none\nRateLimitBurst=1'),
  rsyslog: 'module(load="imklog")   # the kernel\n',
};
const AUDIT_LOG = 'kind = "file"\npath = "/var/log/audit/audit.log"';
const SYSLOG = 'kind = "file"\npath = "/var/log/kern.log"';
const using = (...sources: string[]) =>
  usesOf(parseConfig(sources.map((one) => `[[source]]\n${one}\n`).join(''), 'p.toml'));
const ALL = using(AUDIT_LOG, SYSLOG, 'kind = "journal"', 'kind = "kmsg"', 'kind = "netlink"');

test('where nothing loses records nothing is told, whatever is read', () => {
  expect(lossSettings(fine, ALL).filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
});

const audited = (change: Partial<typeof status> | { exclude: string[] }): Partial<LossFacts> => ({
  audit: { works: true, told: '', status: { ...status, ...change } },
});

test.for<
  readonly [
    what: string,
    facts: Partial<LossFacts>,
    sources: readonly string[],
    fix: RegExp,
    notFor: readonly string[] | undefined,
  ]
>([
  [
    'kernel log',
    { sysctl: { ...fine.sysctl, printkRatelimit: '5' } },
    ['kind = "kmsg"'],
    /^sysctl -w kernel\.printk_ratelimit=0/,
    ['kind = "netlink"', AUDIT_LOG, 'kind = "journal"'],
  ],
  [
    'kernel log',
    { sysctl: { ...fine.sysctl, printkRatelimit: '5' } },
    [SYSLOG],
    /^sysctl -w/,
    [`${SYSLOG}\ncarrier = "audit-log"`],
  ],
  [
    'kernel log',
    { sysctl: { ...fine.sysctl, printkRatelimit: '5' } },
    ['kind = "stdin"\ncarrier = "dmesg"'],
    /^sysctl -w/,
    ['kind = "stdin"'],
  ],
  ['audit daemon', audited({ pid: 7, backlogLimit: 64 }), ['kind = "netlink"'], /^auditctl -b 8192$/, undefined],
  [
    'audit backlog wait',
    audited({ backlogWaitTime: 0 }),
    ['kind = "netlink"'],
    /^auditctl --backlog_wait_time 60000$/,
    undefined,
  ],
  ['audit rate limit', audited({ rateLimit: 100 }), [SYSLOG], /^auditctl -r 0$/, undefined],
  ['exclude rules', audited({ exclude: ['-a always,exclude -F msgtype=1326'] }), [AUDIT_LOG], /auditctl -d/, undefined],
  [
    'seccomp logging',
    { logged: ['kill_process'] },
    ['kind = "journal"'],
    /^sysctl -w kernel\.seccomp\.actions_logged="kill_process log"$/,
    undefined,
  ],
  ['audit', { bootOptions: ['audit=0'] }, ['kind = "journal"'], /take audit=0 off/, undefined],
  ['task rules', { neverTask: true }, [AUDIT_LOG], /^auditctl -d never,task/, ['kind = "journal"', SYSLOG]],
  [
    'auditd.conf',
    { auditd: settings('max_log_file_action = suspend') },
    [AUDIT_LOG],
    /max_log_file_action = ROTATE/,
    [SYSLOG, 'kind = "file"\npath = "/srv/audit.log"'],
  ],
  ['auditd.conf', { auditd: settings('write_logs = no') }, [AUDIT_LOG], /write_logs = yes/, [SYSLOG]],
  ['journald.conf', { journald: settings('[Journal]\nStorage=none') }, ['kind = "journal"'], /Storage=auto/, [SYSLOG]],
  [
    'journald.conf',
    { journald: settings('MaxLevelStore=warning') },
    ['kind = "journal"'],
    /MaxLevelStore=debug/,
    [SYSLOG],
  ],
  [
    'rsyslog limits',
    { rsyslog: 'module(load="imjournal" StateFile="imjournal.state")' },
    [SYSLOG],
    /Ratelimit\.Interval="0"/,
    ['kind = "journal"', AUDIT_LOG],
  ],
  ['rsyslog limits', { rsyslog: '$ModLoad imjournal' }, [SYSLOG], /Ratelimit\.Interval="0"/, ['kind = "kmsg"']],
  ['rsyslog limits', { rsyslog: 'module(load="imklog" RatelimitInterval="5")' }, [SYSLOG], /imklog/, ['kind = "kmsg"']],
])('%s: is told with what mends it, where it concerns what is read (%#)', ([what, facts, sources, fix, notFor]) => {
  const faults = (uses: readonly string[]) =>
    lossSettings({ ...fine, ...facts }, using(...uses)).filter(({ verdict }) => verdict !== 'ok');
  expect(faults(sources)).toEqual([
    {
      what,
      verdict: expect.stringMatching(/^(warn|fail)$/),
      told: expect.any(String),
      fix: expect.stringMatching(fix),
    },
  ]);
  for (const other of notFor ?? []) expect(faults([other]), other).toEqual([]);
});

test('settings that lose nothing: imjournal without a limit, auditd that does not rotate, an unlimited backlog', () => {
  const rsyslog = 'module(load="imjournal" Ratelimit.Interval="0")';
  const auditd = settings('max_log_file_action = rotate\nnum_logs = 0');
  const facts = { ...fine, ...audited({ pid: 7, backlogLimit: 0, backlogWaitTime: 0 }), rsyslog, auditd };
  expect(lossSettings(facts, ALL).filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
});

test('what this user may not ask is unknown, and not fine', () => {
  const unknown = lossSettings({ ...fine, audit: { works: false, why: 'not permitted' } }, ALL).filter(
    (finding) => finding.unknown,
  );
  expect(unknown.map(({ what }) => what)).toEqual([
    'audit',
    'exclude rules',
    'audit daemon',
    'audit backlog wait',
    'audit rate limit',
  ]);
  expect(unknown.every(({ verdict }) => verdict === 'warn')).toBe(true);
});
