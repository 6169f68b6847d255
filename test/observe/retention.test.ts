import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expired, type RunAge } from '../../src/observe/retention.ts';

const BOOT = 'b0';

function age(change: Partial<RunAge> & { readonly id: number }): RunAge {
  const fixed = { kind: 'observed', stage: 'preload', mode: 'full', name: undefined, exe: '/a', argv0: 'a' } as const;
  const times = { startedMs: change.id, lastMs: change.id, ended: true, complete: true, forgeable: false };
  return { ...fixed, ...times, bootId: BOOT, ...change };
}

const ids = (runs: readonly RunAge[]): number[] => runs.map((run) => run.id).sort((a, b) => a - b);
const gone = (runs: readonly RunAge[], keep = 1, beforeMs = 100): number[] =>
  ids(expired(runs, { beforeMs, keep, bootId: BOOT }));

test('the newest complete run stays, and what is young; the rest goes', () => {
  const runs = [age({ id: 1 }), age({ id: 2 }), age({ id: 3, complete: false }), age({ id: 120 })];
  expect(gone(runs)).toEqual([1, 2, 3]);
  expect(gone(runs.slice(0, 3))).toEqual([1, 3]);
  expect(gone(runs.slice(0, 3), 2)).toEqual([3]);
  expect(gone(runs, 0, 1000)).toEqual([1, 2, 3, 120]);
});

test('a run that may still go on stays; one of another boot does not', () => {
  const open = { ended: false, complete: false };
  expect(gone([age({ id: 1, ...open }), age({ id: 2, ...open, bootId: 'other' })], 0)).toEqual([2]);
});

test('what is never merged, or may be forged, pushes nothing out', () => {
  const real = age({ id: 1, kind: 'inferred', stage: 'unknown', ended: false, complete: false });
  expect(gone([real, { ...real, id: 2, startedMs: 50, forgeable: true }])).toEqual([]);
  expect(gone([age({ id: 1 }), age({ id: 2, stage: 'launcher' }), age({ id: 3, mode: 'known' })])).toEqual([]);
  expect(gone([age({ id: 1 }), age({ id: 2, name: 'job' }), age({ id: 3, argv0: 'b' })])).toEqual([]);
});

const someRun = (id: number) =>
  fc.record({
    id: fc.constant(id),
    exe: fc.constantFrom('/a', '/b'),
    argv0: fc.constantFrom(undefined, 'a', 'b'),
    name: fc.constantFrom(undefined, 'n'),
    kind: fc.constantFrom('observed' as const, 'inferred' as const),
    stage: fc.constantFrom('preload' as const, 'launcher' as const),
    mode: fc.constantFrom('full' as const, 'known' as const),
    bootId: fc.constantFrom(BOOT, 'b1', undefined),
    ended: fc.boolean(),
    complete: fc.boolean(),
    forgeable: fc.boolean(),
    startedMs: fc.nat(200),
    lastMs: fc.nat(400),
  });
const someRuns = fc.nat(30).chain((count) => fc.tuple(...Array.from({ length: count }, (_, id) => someRun(id))));

test('law: the newest complete full run of each program and stage stays; nothing young goes; less is kept of more', () => {
  fc.assert(
    fc.property(someRuns, fc.integer({ min: 1, max: 4 }), fc.nat(400), (runs, keep, beforeMs) => {
      const out = expired(runs, { beforeMs, keep, bootId: BOOT });
      const left = new Set(runs.filter((run) => !out.includes(run)).map((run) => run.id));
      expect(out.every((run) => run.lastMs < beforeMs)).toBe(true);
      for (const run of runs) {
        const rivals = runs.filter(
          (other) =>
            other.exe === run.exe &&
            other.stage === run.stage &&
            other.kind === 'observed' &&
            other.complete &&
            other.mode === 'full' &&
            !other.forgeable,
        );
        const newest = rivals.sort((a, b) => b.startedMs - a.startedMs || b.id - a.id)[0];
        if (newest) expect(left.has(newest.id)).toBe(true);
      }
      const more = new Set(expired(runs, { beforeMs, keep: keep - 1, bootId: BOOT }).map((run) => run.id));
      expect(out.every((run) => more.has(run.id))).toBe(true);
    }),
  );
});
