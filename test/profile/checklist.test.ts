import { expect, test } from 'vitest';
import type { Run } from '../../src/observe/run.ts';
import { checklist } from '../../src/profile/checklist.ts';
import { aRun } from './evidence.ts';

const END = { endedMs: 2, complete: true, why: undefined, exitCode: 0, exitSignal: undefined, newCalls: 0 };
const PLAIN: Partial<Run> = { uid: 0, stdout: 'pipe', end: END };

function kinds(runs: readonly Partial<Run>[], calls: readonly string[] = []): readonly string[] {
  return checklist({ runs: runs.map((run, id) => aRun(id, run)), calls: new Set(calls) }).map(({ kind }) => kind);
}

test('one plain run has tried little', () => {
  expect(kinds([PLAIN])).toEqual(['single-run', 'no-signal', 'no-failure', 'one-output', 'no-child', 'one-user']);
  expect(kinds([PLAIN, PLAIN])).toContain('one-command');
});

test.for([
  { what: 'no-signal', runs: [PLAIN, { end: { ...END, exitCode: undefined, exitSignal: 'SIGTERM' } }], calls: [] },
  { what: 'no-signal', runs: [PLAIN], calls: ['rt_sigreturn'] },
  { what: 'no-failure', runs: [PLAIN, { end: { ...END, exitCode: 2 } }], calls: [] },
  { what: 'one-output', runs: [PLAIN, { ...PLAIN, stdout: 'file' as const }], calls: [] },
  { what: 'one-command', runs: [PLAIN, { ...PLAIN, argv: ['hello', '-v'] }], calls: [] },
  { what: 'no-child', runs: [PLAIN], calls: ['vfork'] },
  { what: 'one-user', runs: [PLAIN, { ...PLAIN, uid: 33 }], calls: [] },
  { what: 'single-run', runs: [PLAIN, PLAIN], calls: [] },
])('$what is no advice any more once that was tried', ({ what, runs, calls }) => {
  expect(kinds(runs, calls)).not.toContain(what);
});

test('of imported runs nothing is said that a log does not tell', () => {
  const inferred: Partial<Run> = { kind: 'inferred', end: undefined, uid: undefined, argv: [], stdout: undefined };
  expect(kinds([inferred, inferred], ['clone'])).toEqual([]);
});
