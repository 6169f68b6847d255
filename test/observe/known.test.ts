import { expect, test } from 'vitest';
import { countNewCalls, knownNumbers } from '../../src/observe/known.ts';
import type { Tally } from '../../src/observe/tally.ts';

const X86_64 = 0xc000003e;

function tally(nr: number, fields: Partial<Tally> = {}): Tally {
  return {
    exe: '/bin/hello',
    archToken: X86_64,
    nr,
    code: 0x7ffc0000,
    trust: 'kernel',
    count: 1,
    firstMs: 1,
    lastMs: 1,
    sampleSerial: 1,
    sampleIp: '0',
    ...fields,
  };
}

test('spares what the kernel told that the native ABI called, children included, in order', () => {
  const tallies = [
    tally(231),
    tally(1, { exe: '/bin/child' }),
    tally(1),
    tally(0x40000000 + 20),
    tally(-1),
    tally(5, { archToken: 0x40000003 }),
    tally(59, { code: 0x80000000 }),
    tally(60, { trust: 'forgeable' }),
    tally(1024),
  ];
  expect(knownNumbers(tallies, X86_64)).toEqual([1, 231]);
});

test('a call is new where neither ABI and number were seen', () => {
  const before = [tally(1), tally(2, { exe: '/bin/child' })];
  expect(
    countNewCalls(before, [tally(1), tally(2), tally(3), tally(3, { exe: '/x' }), tally(1, { archToken: 0x40000003 })]),
  ).toBe(2);
});
