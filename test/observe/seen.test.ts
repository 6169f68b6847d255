import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Seen, type SeenSpan } from '../../src/observe/seen.ts';
import { TRUSTS, type Trust } from '../../src/record/trust.ts';

/** What a store does with spans: a new one takes the place of those inside it. */
function memory() {
  let spans: SeenSpan[] = [];
  const same = (a: SeenSpan, b: SeenSpan) => a.host === b.host && a.atMs === b.atMs && a.trust === b.trust;
  return {
    at: (host: string, atMs: number) => spans.filter((span) => span.host === host && span.atMs === atMs),
    add: (added: readonly SeenSpan[]) => {
      for (const span of added) {
        const inside = (old: SeenSpan) => old.serialFrom >= span.serialFrom && old.serialTo <= span.serialTo;
        spans = [...spans.filter((old) => !(same(old, span) && inside(old))), span];
      }
    },
    all: () => spans,
  };
}

const event = fc.record({
  host: fc.constantFrom('a', 'b'),
  atMs: fc.integer({ min: 0, max: 3 }),
  serial: fc.integer({ min: 0, max: 12 }),
  trust: fc.constantFrom(...TRUSTS),
});

test('new is what a set of events at this or a higher trust does not hold, across flushes', () => {
  fc.assert(
    fc.property(fc.array(fc.array(event, { maxLength: 30 }), { maxLength: 6 }), (batches) => {
      const store = memory();
      const seen = new Seen(store.at);
      const oracle = new Set<string>();
      for (const batch of batches) {
        for (const { host, atMs, serial, trust } of batch) {
          const levels = TRUSTS.slice(0, TRUSTS.indexOf(trust) + 1);
          const known = levels.some((level) => oracle.has(`${host} ${atMs} ${serial} ${level}`));
          expect(seen.isNew(host, { atMs, serial }, trust)).toBe(!known);
          oracle.add(`${host} ${atMs} ${serial} ${trust}`);
        }
        store.add(seen.flush());
      }
      expectTidy(store.all());
    }),
  );
});

/** Spans of one host, millisecond and trust neither overlap nor touch. */
function expectTidy(spans: readonly SeenSpan[]): void {
  for (const a of spans) {
    for (const b of spans) {
      if (a === b || a.host !== b.host || a.atMs !== b.atMs || a.trust !== b.trust) continue;
      expect(a.serialTo + 1 < b.serialFrom || b.serialTo + 1 < a.serialFrom).toBe(true);
    }
  }
}

test.for<{ first: Trust; later: Trust; isNew: boolean }>([
  { first: 'forgeable', later: 'kernel', isNew: true },
  { first: 'forgeable', later: 'file', isNew: true },
  { first: 'file', later: 'kernel', isNew: true },
  { first: 'kernel', later: 'forgeable', isNew: false },
  { first: 'kernel', later: 'file', isNew: false },
  { first: 'file', later: 'file', isNew: false },
])('an event seen as $first is new as $later: $isNew', ({ first, later, isNew }) => {
  const store = memory();
  const seen = new Seen(store.at);
  expect(seen.isNew('vm', { atMs: 5, serial: 7 }, first)).toBe(true);
  expect(seen.isNew('vm', { atMs: 5, serial: 7 }, later)).toBe(isNew);
  const again = new Seen(store.at);
  store.add(new Seen(store.at).flush());
  expect(again.isNew('vm', { atMs: 5, serial: 7 }, later)).toBe(true);
});

test('a burst of one tick is one span, also over two flushes', () => {
  const store = memory();
  const seen = new Seen(store.at);
  for (let serial = 100; serial < 600; serial++) seen.isNew('vm', { atMs: 9, serial }, 'kernel');
  store.add(seen.flush());
  for (let serial = 600; serial < 900; serial++) seen.isNew('vm', { atMs: 9, serial }, 'kernel');
  store.add(seen.flush());
  expect(store.all()).toEqual([{ host: 'vm', trust: 'kernel', atMs: 9, serialFrom: 100, serialTo: 899 }]);
});

test('the same serial at another time or of another host is another event', () => {
  const seen = new Seen(memory().at);
  expect(seen.isNew('vm', { atMs: 9, serial: 1 }, 'kernel')).toBe(true);
  expect(seen.isNew('vm', { atMs: 10, serial: 1 }, 'kernel')).toBe(true);
  expect(seen.isNew('web', { atMs: 9, serial: 1 }, 'kernel')).toBe(true);
});
