import { expect, test } from 'vitest';
import type { Run } from '../../src/observe/run.ts';
import { differences } from '../../src/profile/differences.ts';
import { newRun, newTally } from '../store/rows.ts';

const X86_64 = 0xc000003e;

function run(id: number, facts: Partial<Run>): Run {
  return { ...newRun({}), id, end: undefined, sessions: [], records: 1, calls: 1, lost: 0, ...facts };
}

const call = (runId: number, nr: number) => newTally({ runId, archToken: X86_64, nr });

test('runs of one kind do not differ', () => {
  const same = { kernel: '6.1.0', libc: 'glibc 2.36', host: 'a', sha256: 'ab'.repeat(32) };
  expect(differences([run(1, same), run(2, same)], [call(1, 0), call(2, 1)])).toEqual([]);
});

test('what only one kernel showed is named with it', () => {
  const runs = [run(1, { kernel: '6.1.0' }), run(2, { kernel: '6.18.44' }), run(3, { kernel: '6.18.44' })];
  expect(differences(runs, [call(1, 0), call(1, 262), call(2, 0), call(3, 332)])).toEqual([
    {
      aspect: 'kernel',
      groups: [
        { value: '6.1.0', runs: 1, only: ['newfstatat'] },
        { value: '6.18.44', runs: 2, only: ['statx'] },
      ],
    },
  ]);
});

test('replicas that make the same calls are not worth a word', () => {
  const runs = [run(1, { host: 'a' }), run(2, { host: 'b' })];
  expect(differences(runs, [call(1, 0), call(2, 0)])).toEqual([]);
  expect(differences(runs, [call(1, 0), call(2, 0), call(2, 1)])).toMatchObject([
    { aspect: 'host', groups: [{ only: [] }, { value: 'b', only: ['write'] }] },
  ]);
});

test('a run that does not know its kernel stands aside', () => {
  expect(differences([run(1, { kernel: '6.1.0' }), run(2, { kernel: undefined })], [call(1, 0), call(2, 1)])).toEqual(
    [],
  );
});
