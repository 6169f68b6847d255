import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RunTally } from '../../src/observe/run.ts';
import { Tallier } from '../../src/observe/tallier.ts';
import { TRUSTS } from '../../src/record/trust.ts';
import { I386, LOG, record, X86_64 } from './records.ts';

const events = fc.array(
  fc.record({
    runId: fc.integer({ min: 1, max: 3 }),
    atMs: fc.integer({ min: 0, max: 20 }),
    serial: fc.integer({ min: 0, max: 1000 }),
    exe: fc.constantFrom('/a', '/b'),
    nr: fc.constantFrom(-1, 0, 1, 0x40000001),
    archToken: fc.constantFrom(X86_64, I386),
    code: fc.constantFrom(LOG, 0x80000000, 0),
    trust: fc.constantFrom(...TRUSTS),
  }),
  { maxLength: 60 },
);

test('tallies are what counting one by one gives', () => {
  fc.assert(
    fc.property(events, (list) => {
      const tallier = new Tallier();
      for (const { runId, atMs, serial, ...fields } of list) tallier.add(runId, record([atMs, serial], fields));
      const keyOf = ({ runId, exe, archToken, nr, code, trust }: RunTally | (typeof list)[number]) =>
        JSON.stringify([runId, exe, archToken, nr, code, trust]);
      const keys = [...new Set(list.map(keyOf))];
      expect(tallier.size).toBe(keys.length);
      const tallies = new Map(tallier.flush().map((tally) => [keyOf(tally), tally]));
      expect(tallies.size).toBe(keys.length);
      for (const key of keys) {
        const same = list.filter((one) => keyOf(one) === key);
        const firstMs = Math.min(...same.map((one) => one.atMs));
        const serials = same.filter((one) => one.atMs === firstMs).map((one) => one.serial);
        const sampleSerial = Math.min(...serials);
        const lastMs = Math.max(...same.map((one) => one.atMs));
        const sample = { sampleSerial, sampleIp: `7f${sampleSerial}` };
        expect(tallies.get(key)).toMatchObject({ count: same.length, firstMs, lastMs, ...sample });
      }
    }),
  );
});

test('a flush begins anew', () => {
  const tallier = new Tallier();
  tallier.add(1, record([5, 1]));
  expect(tallier.flush()).toHaveLength(1);
  expect(tallier.size).toBe(0);
  expect(tallier.flush()).toEqual([]);
  tallier.add(1, record([6, 2]));
  expect(tallier.flush()).toMatchObject([{ count: 1, firstMs: 6 }]);
});

test('memory follows the number of calls, not of records', () => {
  const tallier = new Tallier();
  for (let serial = 0; serial < 50_000; serial++) tallier.add(1, record([serial, serial], { nr: serial % 5 }));
  expect(tallier.size).toBe(5);
});
