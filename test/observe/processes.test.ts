import { expect, test } from 'vitest';
import { Processes } from '../../src/observe/processes.ts';
import { seccomp } from './session-records.ts';

test('takes the inherited session’s records, but not of processes that were there before', () => {
  const taken: number[] = [];
  const processes = new Processes(7, new Set([90]), (one) => taken.push(one.pid));
  processes.confirm(100);
  for (const pid of [90, 100, 101, 100]) processes.push(seccomp(pid, { pid }));
  processes.push(seccomp(1, { pid: 102, ses: 8 }));
  expect(taken).toEqual([100, 101, 100]);
  expect(processes.counts()).toEqual({ taken: 2, confirmed: 1 });
});

test('a process of ours stays ours in another session', () => {
  const taken: number[] = [];
  const processes = new Processes(7, new Set(), (one) => taken.push(one.ses));
  processes.confirm(101);
  processes.push(seccomp(1, { pid: 100 }));
  processes.push(seccomp(2, { pid: 100, ses: 8 }));
  processes.push(seccomp(3, { pid: 101, ses: 9 }));
  expect(taken).toEqual([7, 8, 9]);
});
