import { expect, test } from 'vitest';
import { explainSilence, type PathFacts } from '../../../src/app/observe/silence.ts';

const AUDIT = { enabled: 1, pid: 0, rateLimit: 0, backlogLimit: 64, backlogWaitTime: 60_000, lost: 0, exclude: [] };
const FINE: PathFacts = {
  via: 'netlink',
  logged: ['kill_process', 'log'],
  bootOptions: ['quiet'],
  audit: AUDIT,
  filtered: false,
  initialNetwork: true,
};

test.for<{ what: string; facts: Partial<PathFacts>; says: RegExp }>([
  {
    what: 'no log action',
    facts: { logged: ['kill_process'] },
    says: /sysctl -w kernel\.seccomp\.actions_logged="kill_process log"/,
  },
  { what: 'an old kernel', facts: { logged: undefined }, says: /Linux 4\.14/ },
  { what: 'audit=0', facts: { bootOptions: ['ro', 'audit=0'] }, says: /booted with audit=0: take it off/ },
  {
    what: 'an exclude rule',
    facts: { audit: { ...AUDIT, exclude: ['-a always,exclude -F msgtype=1326'] } },
    says: /auditctl -d always,exclude -F msgtype=1326/,
  },
  { what: 'a filter of our own', facts: { filtered: true }, says: /seccomp=unconfined/ },
  { what: 'another network namespace', facts: { initialNetwork: false }, says: /initial network namespace/ },
  {
    what: 'auditd before the kernel’s log',
    facts: { via: 'kmsg', audit: { ...AUDIT, pid: 12 } },
    says: /auditd \(process 12\)/,
  },
  {
    what: 'a rate limit',
    facts: { audit: { ...AUDIT, rateLimit: 5 } },
    says: /above 5 records a second: auditctl -r 0/,
  },
  { what: 'nothing that we know', facts: {}, says: /profiler doctor/ },
  { what: 'audit that may not be asked', facts: { audit: undefined }, says: /profiler doctor/ },
])('$what is named', ({ facts, says }) => {
  expect(explainSilence({ ...FINE, ...facts })).toMatch(says);
});

test('all causes are named', () => {
  expect(explainSilence({ ...FINE, logged: ['trap'], filtered: true })).toMatch(/actions_logged.*; profiler itself/);
});
