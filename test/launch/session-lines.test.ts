import { expect, test } from 'vitest';
import { readSessionLine } from '../../src/launch/session-lines.ts';

test.for([
  { line: 'session 41', wanted: { kind: 'session', ses: 41 } },
  { line: 'no-session EPERM 4294967295', wanted: { kind: 'no-session', errno: 'EPERM', ses: 4294967295 } },
  { line: 'status {"enabled":0,"pid":12,"lost":3}', wanted: { kind: 'status', status: { pid: 12, lost: 3 } } },
  { line: 'status-error EPERM', wanted: { kind: 'status-error', errno: 'EPERM' } },
  { line: 'marker begin 12', wanted: { kind: 'marker', which: 'begin', pid: 12 } },
  { line: 'marker end 13', wanted: { kind: 'marker', which: 'end', pid: 13 } },
  { line: 'marker-error EINVAL', wanted: { kind: 'marker-error', errno: 'EINVAL' } },
  { line: 'started 14', wanted: { kind: 'started', pid: 14 } },
  { line: 'exec-error ENOENT', wanted: { kind: 'exec-error', errno: 'ENOENT' } },
  { line: 'left 15 42', wanted: { kind: 'left', pid: 15, ses: 42 } },
  { line: 'process 16', wanted: { kind: 'process', pid: 16 } },
  { line: 'main-exit code 7', wanted: { kind: 'main-exit', how: 'code', number: 7 } },
  { line: 'main-exit signal 15', wanted: { kind: 'main-exit', how: 'signal', number: 15 } },
  { line: 'running 2', wanted: { kind: 'running', processes: 2 } },
  { line: 'sessions 43', wanted: { kind: 'sessions', next: 43 } },
])('reads "$line"', ({ line, wanted }) => {
  expect(readSessionLine(line)).toEqual(wanted);
});

test.for(['', 'nonsense 1', 'toString', '__proto__ 1'])('refuses "%s", which session-run never says', (line) => {
  expect(() => readSessionLine(line)).toThrow(/never says/);
});
