import { expect, test } from 'vitest';
import { InferredRuns, type ProcessState, SILENCE_MS } from '../../src/observe/inferred-runs.ts';
import type { NewRun } from '../../src/observe/run.ts';
import type { SeccompRecord } from '../../src/record/record.ts';
import { record } from './records.ts';

const EXECVE = { nr: 59 };
const EXIT_GROUP = { nr: 231 };

/** Runs in memory; `flush()` stores what was seen, as a commit does. */
function world() {
  const begun: NewRun[] = [];
  const stored = new Map<number, ProcessState>();
  const runs = new InferredRuns({
    find: ({ host, pid, ses }, atMs) =>
      [...stored.values()].filter(
        (one) =>
          one.host === host &&
          one.pid === pid &&
          one.ses === ses &&
          one.lastMs >= atMs - SILENCE_MS &&
          one.firstMs <= atMs + SILENCE_MS,
      ),
    begin: (run) => begun.push(run),
  });
  return {
    begun,
    push: (...records: SeccompRecord[]) => records.map((one) => runs.runOf(one, one.host ?? 'vm')),
    flush: () => {
      for (const process of runs.flush()) stored.set(process.runId, process);
    },
  };
}

test('one process is one run of stage unknown, with the first exe', () => {
  const { push, begun } = world();
  expect(
    push(
      record([10, 1], { exe: '/bin/dash' }),
      record([11, 2], { exe: '/bin/dash', ...EXECVE }),
      record([12, 3], { exe: '/bin/ls' }),
    ),
  ).toEqual([1, 1, 1]);
  expect(begun).toMatchObject([
    {
      kind: 'inferred',
      stage: 'unknown',
      mode: 'full',
      exe: '/bin/dash',
      argv: [],
      host: 'vm',
      pid: 100,
      ses: undefined,
      uid: 0,
      startedMs: 10,
    },
  ]);
});

test.for<{ what: string; change: Partial<SeccompRecord> }>([
  { what: 'pid', change: { pid: 101 } },
  { what: 'session', change: { ses: 3 } },
  { what: 'host', change: { host: 'web' } },
  { what: 'exe without an execve before it', change: { exe: '/bin/other' } },
])('another $what is another run', ({ change }) => {
  const { push } = world();
  expect(push(record([10, 1]), record([10, 2], change))).toEqual([1, 2]);
});

test('boots are told apart where both are known', () => {
  const { push } = world();
  const runs = push(
    record([10, 1], { bootId: 'x' }),
    record([10, 2]),
    record([10, 3], { bootId: 'y' }),
    record([10, 4], { bootId: 'x' }),
  );
  expect(runs).toEqual([1, 1, 2, 1]);
});

test('after exit_group or a kill the pid is another process; stragglers of other threads are not', () => {
  const { push } = world();
  expect(push(record([10, 1], EXIT_GROUP), record([10, 2]), record([1010, 3]), record([1011, 4]))).toEqual([
    1, 1, 1, 2,
  ]);
  expect(push(record([5000, 5], { pid: 7, code: 0x80000000, sig: 31 }), record([7000, 6], { pid: 7 }))).toEqual([3, 4]);
  expect(push(record([9000, 8], { pid: 8, ...EXIT_GROUP }), record([9000, 9], { pid: 8, exe: '/bin/other' }))).toEqual([
    5, 6,
  ]);
});

test('a thread that ends by exit ends no process', () => {
  const { push } = world();
  expect(push(record([10, 1], { nr: 60 }), record([5000, 2]))).toEqual([1, 1]);
});

test('an hour of silence ends a process', () => {
  const { push } = world();
  expect(push(record([0, 1]), record([SILENCE_MS, 2]), record([2 * SILENCE_MS + 1, 3]))).toEqual([1, 1, 2]);
});

test('later records join the stored run, whatever came between', () => {
  const { push, flush, begun } = world();
  expect(push(record([10, 1]), record([20, 2], { ...EXIT_GROUP, pid: 7 }))).toEqual([1, 2]);
  flush();
  expect(push(record([30, 3]), record([4000, 4], { pid: 7 }))).toEqual([1, 3]);
  flush();
  expect(push(record([5, 5]))).toEqual([1]);
  expect(begun).toHaveLength(3);
});

test('records of two processes of one pid that come interleaved stay apart', () => {
  const { push } = world();
  const a = record([10, 1], { bootId: 'x' });
  const b = record([10, 1], { bootId: 'y' });
  expect(push(a, b, a, b, a)).toEqual([1, 2, 1, 2, 1]);
});

/** The least of three: what else the machine does only adds. */
function leastMs(work: () => void): number {
  const times = [0, 1, 2].map(() => {
    const fromMs = performance.now();
    work();
    return performance.now() - fromMs;
  });
  return Math.min(...times);
}

test('a log that names a new program for one pid in every record costs as much for each of many as of few', () => {
  const read = (count: number) => {
    let begun = 0;
    const runs = new InferredRuns({ find: () => [], begin: () => ++begun });
    for (let at = 0; at < count; at++) runs.runOf(record([10, at], { exe: `/x/${at}` }), 'vm');
    expect(begun).toBe(count);
  };
  // In proportion to its square it would be 16.
  expect(leastMs(() => read(20_000)) / leastMs(() => read(5000))).toBeLessThan(10);
});

test('forged records join what they fit, and end, rename or begin nothing for records that are none', () => {
  const { push, flush, begun } = world();
  const forged = { trust: 'forgeable' } as const;
  expect(
    push(
      record([10, 1]),
      record([11, 2], { ...forged, ...EXIT_GROUP }),
      record([12, 3], { ...forged, ...EXECVE }),
      record([13, 4], { ...forged, exe: '/bin/evil' }),
      record([14, 5]),
    ),
  ).toEqual([1, 1, 1, 2, 1]);
  flush();
  expect(push(record([2000, 6]), record([2001, 7], { exe: '/bin/evil' }))).toEqual([1, 3]);
  expect(begun.map((run) => run.exe)).toEqual(['/opt/hello', '/bin/evil', '/bin/evil']);
});
