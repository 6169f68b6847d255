import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../src/app/machine/doctor.ts';
import type { Machine } from '../../../src/app/machine/machine.ts';

const status = { enabled: 1, pid: 0, rateLimit: 0, backlogLimit: 8192, backlogWaitTime: 60_000, lost: 0, exclude: [] };
const works = { works: true, told: 'works' } as const;
const fine: Machine = {
  kernel: '6.1.0-50-amd64',
  bootOptions: ['quiet'],
  actions: ['kill_process', 'log', 'allow'],
  logged: ['kill_process', 'log'],
  sysctl: { printkRatelimit: '5', printkBurst: '10', dmesgRestrict: '1' },
  yamaScope: '1',
  neverTask: false,
  auditd: undefined,
  journald: undefined,
  rsyslog: undefined,
  clocksource: 'tsc',
  capabilities: 0x1ffffffffffn,
  filtered: false,
  tracer: 0,
  audit: { ...works, status },
  records: works,
  kmsg: undefined,
  session: works,
  preload: works,
  launcher: works,
  sessionRun: works,
  fileCaps: works,
  database: { ...works, path: '/p.db' },
  node: '20.19.0',
  loader: { path: '/ld', libc: 'glibc', version: '2.36' },
};
const no = (why: string) => ({ works: false, why }) as const;

test('where all works every finding is ok and has no fix', () => {
  const findings = diagnose(fine);
  expect(findings.filter((finding) => finding.verdict !== 'ok' || finding.fix !== undefined)).toEqual([]);
  expect(new Set(findings.map((finding) => finding.what)).size).toBe(findings.length);
});

describe('a fault is found, with its fix', () => {
  test.for<{ what: string; machine: Partial<Machine>; verdict: string; told: RegExp; fix: RegExp }>([
    { what: 'kernel', machine: { kernel: '4.13.9' }, verdict: 'fail', told: /4\.13/, fix: /4\.14/ },
    {
      what: 'seccomp actions',
      machine: { actions: undefined },
      verdict: 'fail',
      told: /does not tell/,
      fix: /CONFIG_SECCOMP_FILTER/,
    },
    {
      what: 'seccomp actions',
      machine: { actions: ['kill_thread'] },
      verdict: 'fail',
      told: /no log, no kill_process/,
      fix: /4\.14/,
    },
    {
      what: 'seccomp logging',
      machine: { logged: ['kill_process', 'trap'] },
      verdict: 'fail',
      told: /no call is recorded/,
      fix: /^sysctl -w kernel\.seccomp\.actions_logged="kill_process trap log"$/,
    },
    {
      what: 'audit',
      machine: { bootOptions: ['audit=0'] },
      verdict: 'fail',
      told: /booted with audit=0/,
      fix: /boot again/,
    },
    {
      what: 'audit',
      machine: { audit: no('not permitted') },
      verdict: 'warn',
      told: /not permitted/,
      fix: /CAP_AUDIT_CONTROL/,
    },
    {
      what: 'exclude rules',
      machine: { audit: { ...works, status: { ...status, exclude: ['msgtype=SECCOMP'] } } },
      verdict: 'fail',
      told: /msgtype=SECCOMP/,
      fix: /auditctl -d/,
    },
    {
      what: 'audit records',
      machine: { records: no('no listener'), kmsg: no('no kmsg') },
      verdict: 'fail',
      told: /no listener/,
      fix: /root/,
    },
    {
      what: 'audit records',
      machine: { records: no('no listener'), kmsg: works },
      verdict: 'warn',
      told: /only through \/dev\/kmsg, which loses records/,
      fix: /CAP_AUDIT_READ/,
    },
    {
      what: 'audit daemon',
      machine: { audit: { ...works, status: { ...status, pid: 7, backlogLimit: 64 } } },
      verdict: 'warn',
      told: /process 7/,
      fix: /auditctl -b/,
    },
    {
      what: 'audit rate limit',
      machine: { audit: { ...works, status: { ...status, rateLimit: 100 } } },
      verdict: 'fail',
      told: /100 records a second/,
      fix: /auditctl -r 0/,
    },
    {
      what: 'records lost',
      machine: { audit: { ...works, status: { ...status, lost: 12 } } },
      verdict: 'warn',
      told: /12 since boot/,
      fix: /reset-lost/,
    },
    {
      what: 'audit session',
      machine: { session: no('Operation not permitted') },
      verdict: 'warn',
      told: /told by process id and time/,
      fix: /CAP_AUDIT_CONTROL/,
    },
    {
      what: 'CAP_SYS_ADMIN',
      machine: { capabilities: 0x1ffffffffffn & ~(1n << 21n) },
      verdict: 'warn',
      told: /--exec-guard/,
      fix: /root/,
    },
    { what: 'CAP_AUDIT_READ', machine: { capabilities: 0n }, verdict: 'warn', told: /not held/, fix: /root/ },
    {
      what: 'kernel log',
      machine: { records: no('x'), kmsg: works },
      verdict: 'warn',
      told: /printk_ratelimit/,
      fix: /sysctl -w kernel\.printk_ratelimit=0/,
    },
    {
      what: 'own filter',
      machine: { filtered: true, tracer: 9 },
      verdict: 'warn',
      told: /under a filter, and process 9 traces it/,
      fix: /outside/,
    },
    {
      what: 'ptrace scope',
      machine: { yamaScope: '3' },
      verdict: 'warn',
      told: /ptrace_scope 3/,
      fix: /boot/,
    },
    {
      what: 'clock',
      machine: { clocksource: 'hpet' },
      verdict: 'warn',
      told: /hpet: clock_gettime/,
      fix: /like the one/,
    },
    {
      what: 'libsandbox.so',
      machine: { preload: no('ENOENT') },
      verdict: 'fail',
      told: /ENOENT/,
      fix: /npm run build/,
    },
    {
      what: 'sandboxify',
      machine: { launcher: no('a program started by it had no filter') },
      verdict: 'fail',
      told: /had no filter/,
      fix: /build/,
    },
    { what: 'session-run', machine: { sessionRun: no('ENOENT') }, verdict: 'fail', told: /ENOENT/, fix: /build/ },
    { what: 'file-caps', machine: { fileCaps: no('ENOENT') }, verdict: 'fail', told: /ENOENT/, fix: /build/ },
    {
      what: 'database',
      machine: { database: { ...no('/p.db: is damaged'), path: '/p.db' } },
      verdict: 'fail',
      told: /is damaged/,
      fix: /PROFILER_DB/,
    },
    { what: 'Node.js', machine: { node: '20.18.3' }, verdict: 'fail', told: /20\.18\.3/, fix: /20\.19/ },
  ])('$what: $told', ({ what, machine, verdict, told, fix }) => {
    const finding = diagnose({ ...fine, ...machine }).find((one) => one.what === what);
    expect(finding).toMatchObject({
      what,
      verdict,
      told: expect.stringMatching(told),
      fix: expect.stringMatching(fix),
    });
  });
});
