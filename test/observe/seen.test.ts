import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SECCOMP, Seen, type SeenSpan } from '../../src/observe/seen.ts';
import { TRUSTS, type Trust } from '../../src/record/trust.ts';

/** What a store does with spans: a new one takes the place of those inside it. */
function memory() {
  let spans: SeenSpan[] = [];
  const inOneMoment = (a: SeenSpan, b: SeenSpan) =>
    a.host === b.host && a.atMs === b.atMs && a.trust === b.trust && a.type === b.type;
  const same = (a: SeenSpan, b: SeenSpan) => inOneMoment(a, b) && a.bootId === b.bootId;
  const claims = (a: SeenSpan, b: SeenSpan) => inOneMoment(a, b) && a.bootId !== '' && b.bootId === '';
  return {
    at: (host: string, atMs: number) => spans.filter((span) => span.host === host && span.atMs === atMs),
    add: (added: readonly SeenSpan[]) => {
      for (const span of added) {
        const inside = (old: SeenSpan) => old.serialFrom >= span.serialFrom && old.serialTo <= span.serialTo;
        const rest = (old: SeenSpan) => (claims(span, old) ? without(old, span) : [old]);
        spans = [...spans.filter((old) => !(same(old, span) && inside(old))).flatMap(rest), span];
      }
    },
    all: () => spans,
  };
}

/** What is left of a span where another is taken out of it. */
function without(span: SeenSpan, taken: SeenSpan): SeenSpan[] {
  if (taken.serialTo < span.serialFrom || taken.serialFrom > span.serialTo) return [span];
  return [
    { ...span, serialTo: taken.serialFrom - 1 },
    { ...span, serialFrom: taken.serialTo + 1 },
  ].filter(({ serialFrom, serialTo }) => serialFrom <= serialTo);
}

const sighting = (atMs: number, serial: number, trust: Trust, bootId?: string) => ({
  stamp: { atMs, serial },
  trust,
  host: undefined,
  bootId,
});

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
          expect(seen.isNew(host, sighting(atMs, serial, trust))).toBe(!known);
          oracle.add(`${host} ${atMs} ${serial} ${trust}`);
        }
        store.add(seen.flush());
      }
      expectTidy(store.all());
    }),
  );
});

/** Spans of one host, millisecond, trust, type and boot neither overlap nor touch; none without a boot overlaps one with. */
function expectTidy(spans: readonly SeenSpan[]): void {
  for (const a of spans) {
    for (const b of spans) {
      if (a === b || a.host !== b.host || a.atMs !== b.atMs || a.trust !== b.trust || a.type !== b.type) continue;
      if (a.bootId !== b.bootId && a.bootId !== '' && b.bootId !== '') continue;
      if (a.bootId !== b.bootId) {
        expect(a.serialTo < b.serialFrom || b.serialTo < a.serialFrom).toBe(true);
        continue;
      }
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
  expect(seen.isNew('vm', sighting(5, 7, first))).toBe(true);
  expect(seen.isNew('vm', sighting(5, 7, later))).toBe(isNew);
  const again = new Seen(store.at);
  store.add(new Seen(store.at).flush());
  expect(again.isNew('vm', sighting(5, 7, later))).toBe(true);
});

test('a burst of one tick is one span, also over two flushes', () => {
  const store = memory();
  const seen = new Seen(store.at);
  for (let serial = 100; serial < 600; serial++) seen.isNew('vm', sighting(9, serial, 'kernel'));
  store.add(seen.flush());
  for (let serial = 600; serial < 900; serial++) seen.isNew('vm', sighting(9, serial, 'kernel'));
  store.add(seen.flush());
  expect(store.all()).toEqual([
    { host: 'vm', trust: 'kernel', type: SECCOMP, bootId: '', atMs: 9, serialFrom: 100, serialTo: 899 },
  ]);
});

test('the same serial at another time or of another host is another event', () => {
  const seen = new Seen(memory().at);
  expect(seen.isNew('vm', sighting(9, 1, 'kernel'))).toBe(true);
  expect(seen.isNew('vm', sighting(10, 1, 'kernel'))).toBe(true);
  expect(seen.isNew('web', sighting(9, 1, 'kernel'))).toBe(true);
});

const sightings = fc.array(
  fc.record({
    serial: fc.nat(2),
    type: fc.constantFrom(1300, SECCOMP),
    bootId: fc.constantFrom(undefined, 'x', 'y', 'z'),
  }),
  { maxLength: 12 },
);

test('in any order and over any flushes, an event counts once for each boot that is known, or once where none is', () => {
  fc.assert(
    fc.property(sightings, fc.nat(12), (events, cut) => {
      const store = memory();
      let counted = 0;
      for (const batch of [events.slice(0, cut), events.slice(cut)]) {
        const seen = new Seen(store.at);
        for (const { serial, type, bootId } of batch) {
          if (seen.isNew('vm', sighting(5, serial, 'file', bootId), type)) counted++;
        }
        store.add(seen.flush());
        expectTidy(store.all());
      }
      const boots = new Map<string, Set<string | undefined>>();
      for (const { serial, type, bootId } of events) {
        const key = `${serial} ${type}`;
        boots.set(key, (boots.get(key) ?? new Set()).add(bootId));
      }
      const truth = [...boots.values()].map((known) => Math.max(1, known.size - (known.has(undefined) ? 1 : 0)));
      expect(counted).toBe(truth.reduce((sum, count) => sum + count, 0));
    }),
    { numRuns: 500 },
  );
});

test('a less trusted sighting with a boot claims nothing that was seen with more trust and no boot', () => {
  const seen = new Seen(memory().at);
  expect(seen.isNew('vm', sighting(5, 7, 'kernel'))).toBe(true);
  expect(seen.isNew('vm', sighting(5, 7, 'forgeable', 'x'))).toBe(false);
  expect(seen.flush()).toMatchObject([{ trust: 'kernel', bootId: '', serialFrom: 7, serialTo: 7 }]);
});
