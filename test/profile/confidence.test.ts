import fc from 'fast-check';
import { expect, test } from 'vitest';
import { upperBound } from '../../src/profile/binomial.ts';
import { judge, type RunOutcome } from '../../src/profile/confidence.ts';

function full(...calls: readonly string[]): RunOutcome {
  return { kind: 'full', calls: new Set(calls) };
}

function known(broughtNew: boolean): RunOutcome {
  return { kind: 'known', broughtNew };
}

function times<Item>(count: number, item: Item): Item[] {
  return Array.from({ length: count }, () => item);
}

// Tables of exact binomial limits, e.g. Clopper and Pearson 1934; one-sided 95 %.
test.for([
  [0, 1, 0.95],
  [0, 3, 0.6316],
  [0, 10, 0.2589],
  [1, 10, 0.3942],
  [5, 10, 0.7776],
  [10, 10, 1],
  [0, 59, 0.0495],
  [2, 100, 0.0616],
  [30, 1000, 0.0405],
] as const)('of %i hits in %i the upper bound is %f', ([hits, trials, bound]) => {
  expect(upperBound(hits, trials, 0.95)).toBeCloseTo(bound, 3);
});

test('the bound is a chance, never below what was seen, and falls with every quiet trial', () => {
  const counts = fc
    .tuple(fc.nat({ max: 400 }), fc.nat({ max: 400 }))
    .map(([a, b]) => [Math.min(a, b), Math.max(a, b, 1)] as const);
  fc.assert(
    fc.property(counts, ([hits, trials]) => {
      const bound = upperBound(hits, trials, 0.95);
      expect(bound).toBeGreaterThanOrEqual(hits / trials);
      expect(bound).toBeLessThanOrEqual(1);
      expect(upperBound(hits, trials + 1, 0.95)).toBeLessThanOrEqual(bound);
    }),
  );
});

test('a call that one run alone has shown makes the next one likelier', () => {
  const { novel, chance, unseenCalls, quietRuns } = judge(
    [full('a', 'b'), full('a', 'b', 'c', 'd'), full('a'), full('a', 'b')],
    false,
  );
  expect({ novel, chance, unseenCalls, quietRuns }).toEqual({ novel: 1, chance: 0.25, unseenCalls: 0.5, quietRuns: 2 });
});

test.for([
  { outcomes: [], lossy: false, grade: 'thin', next: 9 },
  { outcomes: [full('a')], lossy: false, grade: 'thin', next: 8 },
  { outcomes: times(8, full('a')), lossy: false, grade: 'thin', next: 1 },
  { outcomes: times(9, full('a')), lossy: false, grade: 'likely', next: 50 },
  { outcomes: times(58, full('a')), lossy: false, grade: 'likely', next: 1 },
  { outcomes: times(59, full('a')), lossy: false, grade: 'proven', next: undefined },
  { outcomes: times(59, full('a')), lossy: true, grade: 'lossy', next: undefined },
  { outcomes: [full('a'), ...times(59, known(false))], lossy: false, grade: 'proven', next: undefined },
  { outcomes: [full('a'), ...times(9, known(false)), known(true)], lossy: false, grade: 'thin', next: 4 },
])('$grade, and $next quiet runs to the next grade', ({ outcomes, lossy, grade, next }) => {
  const found = judge(outcomes, lossy);
  expect([found.grade, found.runsToNext]).toEqual([grade, next]);
  if (next === undefined) return;
  const quiet = outcomes.some(({ kind }) => kind === 'known') ? known(false) : full('a');
  expect(judge([...outcomes, ...times(next - 1, quiet)], lossy).grade).toBe(grade);
  expect(judge([...outcomes, ...times(next, quiet)], lossy).grade).not.toBe(grade);
});

test('runs that allowed what was known count for what they brought, and only where there are more of them', () => {
  const few = judge([full('a'), full('a'), known(true)], false);
  expect([few.basis, few.novel, few.quietRuns]).toEqual(['full', 0, 0]);
  const many = judge([full('a'), known(true), known(false)], false);
  expect([many.basis, many.runs, many.novel, many.chance, many.quietRuns]).toEqual(['known', 2, 1, 0.5, 1]);
});
