import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SerialGaps } from '../../src/observe/serial-gaps.ts';

function gaps(first: number, serials: readonly number[]): SerialGaps {
  const found = new SerialGaps(first);
  for (const serial of serials) found.push(serial);
  return found;
}

test.for([
  { what: 'neighbours', serials: [11, 12, 13], missing: 0 },
  { what: 'one event of several records', serials: [11, 11, 11, 12], missing: 0 },
  { what: 'two that swapped places', serials: [12, 11, 13], missing: 0 },
  { what: 'a hole', serials: [11, 15], missing: 3 },
  { what: 'a hole that a late one makes two', serials: [16, 13], missing: 4 },
  { what: 'what was before the first', serials: [9, 3, 11], missing: 0 },
])('$what: $missing missing', ({ serials, missing }) => {
  expect(gaps(10, serials).missing()).toBe(missing);
});

test('counts only what is before a serial', () => {
  const found = gaps(10, [20, 30]);
  expect([found.missing(20), found.missing(25), found.missing(30), found.missing()]).toEqual([9, 13, 18, 18]);
});

test('whatever is left out, in any order within a window, is what is missing', () => {
  const stream = fc.uniqueArray(fc.integer({ min: 1, max: 400 }), { maxLength: 400 });
  fc.assert(
    fc.property(stream, fc.integer({ min: 1, max: 8 }), (serials, window) => {
      const sorted = [...serials].sort((a, b) => a - b);
      const shuffled = sorted.flatMap((_, at) => (at % window === 0 ? sorted.slice(at, at + window).reverse() : []));
      const highest = sorted.at(-1) ?? 0;
      expect(gaps(0, shuffled).missing()).toBe(highest - sorted.length);
    }),
  );
});

test('old holes are summed up, so that a stream of holes needs no memory', () => {
  const found = new SerialGaps(0);
  for (let serial = 2; serial <= 40_000; serial += 2) found.push(serial);
  expect(found.missing()).toBe(20_000);
});
