import { expect, test } from 'vitest';
import { Sessions } from '../../src/observe/sessions.ts';
import type { SeccompRecord } from '../../src/record/record.ts';
import { login, seccomp } from './session-records.ts';

const EXIT_GROUP = 231;

function open(): { sessions: Sessions; taken: () => number[] } {
  const taken: SeccompRecord[] = [];
  return { sessions: new Sessions(7, (one) => taken.push(one)), taken: () => taken.map((one) => one.stamp.serial) };
}

test('the own session is ours, an older or unset one is not', () => {
  const { sessions, taken } = open();
  sessions.push(seccomp(1));
  sessions.push(seccomp(2, { ses: 6, pid: 200 }));
  sessions.push(seccomp(3, { ses: 0xffffffff, pid: 300 }));
  expect(taken()).toEqual([1]);
  expect(sessions.strays()).toEqual([]);
});

test('a process that opens a session of its own is followed by its pid, and its children with it', () => {
  const { sessions, taken } = open();
  sessions.push(seccomp(1, { nr: 1 }));
  sessions.push(seccomp(2, { ses: 8 }));
  sessions.push(seccomp(3, { ses: 8, pid: 101 }));
  expect(taken()).toEqual([1, 2, 3]);
  expect([...sessions.followed]).toEqual([[8, 'pid']]);
});

test.for([
  { what: 'has ended', last: { nr: EXIT_GROUP } },
  { what: 'was killed', last: { sig: 31 } },
])('a pid whose process $what may be anybody’s', ({ last }) => {
  const { sessions, taken } = open();
  sessions.push(seccomp(1, last));
  sessions.push(seccomp(2, { ses: 8 }));
  expect(taken()).toEqual([1]);
  expect(sessions.strays()).toEqual([{ ses: 8, records: 1, pids: [100], exes: ['/bin/hello'] }]);
});

test('a LOGIN record out of a session of ours tells the next one, and one out of another does not', () => {
  const { sessions, taken } = open();
  sessions.login(login(1, { pid: 300, oldSes: 7, ses: 9 }));
  sessions.login(login(2, { pid: 301, oldSes: 9, ses: 10 }));
  sessions.login(login(3, { pid: 302, oldSes: 3, ses: 11 }));
  for (const ses of [9, 10, 11]) sessions.push(seccomp(ses, { ses, pid: 1000 + ses }));
  expect(taken()).toEqual([9, 10]);
  expect([...sessions.followed.values()]).toEqual(['login-record', 'login-record']);
});

test('what a session called before it was claimed is counted then', () => {
  const { sessions, taken } = open();
  sessions.push(seccomp(1, { ses: 8, pid: 200 }));
  sessions.push(seccomp(2));
  expect(taken()).toEqual([2]);
  sessions.adopt(8, 'process-tree');
  expect(taken()).toEqual([2, 1]);
  expect(sessions.strays()).toEqual([]);
});

test('a session that was there before the run is not adopted, whoever says so', () => {
  const { sessions, taken } = open();
  sessions.adopt(6, 'process-tree');
  sessions.adopt(0xffffffff, 'process-tree');
  sessions.push(seccomp(1, { ses: 6 }));
  expect(taken()).toEqual([]);
  expect(sessions.followed.size).toBe(0);
});

test('sessions opened after the run are no strays', () => {
  const { sessions } = open();
  sessions.push(seccomp(1, { ses: 8, pid: 200 }));
  sessions.push(seccomp(2, { ses: 9, pid: 201 }));
  expect(sessions.strays(9).map(({ ses }) => ses)).toEqual([8]);
});
