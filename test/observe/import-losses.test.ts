import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ImportLosses, type LossState } from '../../src/observe/import-losses.ts';
import type { LossRecord } from '../../src/record/record.ts';

function told(reason: LossRecord['reason'], count: number | undefined, text = `${reason} said`): LossRecord {
  return { kind: 'loss', trust: 'kernel', reason, count, atMs: undefined, text };
}

function read(log: readonly (readonly [ms: number, serial: number] | LossRecord)[]) {
  const losses = new ImportLosses();
  for (const line of log) {
    if ('kind' in line) losses.lost(line);
    else losses.event('vm', { atMs: line[0], serial: line[1] });
  }
  return losses.flush('vm', true);
}

test('contiguous serials lack nothing, records of one event and small swaps included', () => {
  expect(
    read([
      [1, 10],
      [1, 11],
      [1, 11],
      [2, 14],
      [2, 13],
      [2, 12],
      [3, 15],
    ]),
  ).toEqual([]);
});

test('missing serials are an upper bound, with their place', () => {
  expect(
    read([
      [1, 10],
      [5, 14],
    ]),
  ).toEqual([
    {
      runId: undefined,
      host: 'vm',
      reason: 'serial-gap',
      fromMs: 1,
      toMs: 5,
      certainty: 'at-most',
      count: 3,
      text: 'serials 11 to 13 are missing',
      afterSerial: 10,
      beforeSerial: 14,
      ordinal: 0,
    },
  ]);
});

test('a suppressed line takes its count from the serials around it, and is nothing where none is missing', () => {
  const [loss, ...more] = read([[1, 10], told('suppressed', 100_012), [9, 14], told('suppressed', 3), [9, 15]]);
  expect(more).toEqual([]);
  expect(loss).toMatchObject({ reason: 'suppressed', count: 3, fromMs: 1, toMs: 9 });
  expect(loss?.text).toContain('suppressed said');
});

test('a suppressed line at the beginning or end of a log is taken at its word', () => {
  expect(read([told('suppressed', 7), [9, 14]])).toMatchObject([
    { reason: 'suppressed', count: 7, fromMs: undefined, toMs: 9, afterSerial: undefined, beforeSerial: 14 },
  ]);
  expect(read([[9, 14], told('suppressed', 7)])).toMatchObject([
    { reason: 'suppressed', count: 7, fromMs: 9, toMs: undefined, afterSerial: 14, beforeSerial: undefined },
  ]);
  expect(read([told('suppressed', 7)])).toMatchObject([{ count: 7, fromMs: undefined, toMs: undefined }]);
});

test('the backlog loses records before they get a serial: audit_lost tells how many, in steps, each since the step before', () => {
  const losses = read([
    [1, 10],
    told('backlog', undefined, 'audit: audit_backlog=65 > audit_backlog_limit=64'),
    told('audit-lost', 5),
    told('backlog', undefined, 'audit: backlog limit exceeded'),
    [2, 11],
    [3, 12],
    [4, 13],
    told('audit-lost', 7),
    [5, 14],
    told('audit-lost', 7),
    [6, 15],
  ]);
  expect(losses).toMatchObject([
    // The first tells of all since boot: of what this log knows it may have hit anything.
    { reason: 'audit-lost', certainty: 'at-most', count: 5, ordinal: 0, fromMs: 1, toMs: 2 },
    { reason: 'audit-lost', count: 2, ordinal: 0, fromMs: 1, afterSerial: 10, toMs: 5, beforeSerial: 14 },
  ]);
});

test('a complaint that no counter follows is a loss of unknown size', () => {
  const begins = told('backlog', undefined, 'audit: audit_backlog=65 > audit_backlog_limit=64');
  expect(read([[1, 10], begins, [2, 11]])).toMatchObject([{ reason: 'backlog', certainty: 'unknown' }]);
  expect(read([[1, 10], told('rate', undefined), [2, 11]])).toMatchObject([{ reason: 'rate', count: undefined }]);
  // What stands before the count of its own loss is not in the one before.
  expect(read([[1, 10], told('audit-lost', 5), begins, [2, 11]])).toMatchObject([
    { reason: 'audit-lost', count: 5 },
    { reason: 'backlog', certainty: 'unknown', ordinal: 1 },
  ]);
});

test('the lost counter is of one host and one boot, and may be set back', () => {
  const losses = new ImportLosses();
  const event = (host: string, atMs: number, serial: number) => losses.event(host, { atMs, serial });
  event('a', 1, 1000);
  event('b', 1, 5000);
  losses.lost(told('audit-lost', 100));
  event('a', 2, 1001);
  losses.lost(told('audit-lost', 40));
  event('b', 2, 5001);
  losses.lost(told('audit-lost', 103));
  event('a', 3, 1002);
  losses.lost(told('audit-lost', 2));
  event('a', 4, 1003);
  event('a', 90, 5);
  losses.lost(told('audit-lost', 3));
  event('a', 91, 6);
  expect(losses.flush('vm', true).map(({ host, count, fromMs, toMs }) => [host, count, fromMs, toMs])).toEqual([
    ['a', 100, 1, 2],
    ['b', 40, 1, 2],
    ['a', 3, 1, 3],
    ['a', 2, 2, 4],
    ['a', 3, 4, 91],
  ]);
});

test('where nobody listened for a while, the serials bound what is missing; after a boot nothing does', () => {
  const again = told('carrier-restart', undefined);
  expect(read([[1, 10], again, [9, 11]])).toEqual([]);
  expect(read([[1, 10], again, [9, 15]])).toMatchObject([
    {
      reason: 'carrier-restart',
      certainty: 'at-most',
      count: 4,
      fromMs: 1,
      toMs: 9,
      text: expect.stringMatching(/^serials 11 to 14 are missing: /),
    },
  ]);
  expect(read([[1, 9000], again, [9, 3]])).toMatchObject([
    { reason: 'carrier-restart', certainty: 'unknown', count: undefined, fromMs: 1, toMs: 9 },
  ]);
});

test('serials that begin again after a boot are no gap', () => {
  expect(
    read([
      [1, 90_000],
      [2, 90_001],
      [900, 1],
      [901, 2],
    ]),
  ).toEqual([]);
});

test('an older part that comes later is no gap and fills none', () => {
  expect(
    read([
      [5, 500],
      [6, 501],
      [1, 100],
      [2, 101],
      [7, 502],
    ]),
  ).toEqual([]);
});

test('hosts have serials of their own', () => {
  const losses = new ImportLosses();
  losses.event('a', { atMs: 1, serial: 10 });
  losses.event('b', { atMs: 1, serial: 900 });
  losses.event('a', { atMs: 2, serial: 11 });
  losses.event('b', { atMs: 2, serial: 901 });
  expect(losses.flush('vm', true)).toEqual([]);
});

test('what is missing in any log of one boot is the number of serials between that no line bears', () => {
  const serials = fc.uniqueArray(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(serials, (list) => {
      const sorted = [...list].sort((a, b) => a - b);
      const missing = (sorted.at(-1) ?? 0) - (sorted[0] ?? 0) + 1 - sorted.length;
      const sum = read(sorted.map((serial) => [serial, serial] as const)).reduce(
        (total, loss) => total + (loss.count ?? 0),
        0,
      );
      expect(sum).toBe(missing);
    }),
  );
});

test('a reading goes on where an earlier one stopped, at any place, by way of JSON', () => {
  const step = fc.record({
    gap: fc.integer({ min: 1, max: 4 }),
    back: fc.integer({ min: 0, max: 3 }),
    says: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 40 }),
      fc.array(fc.nat(40), { maxLength: 4 }),
      (steps, cuts) => {
        let serial = 10;
        const log = steps.flatMap(({ gap, back, says }, at) => {
          serial += gap;
          const event = { ms: at, serial: serial - back };
          return says ? [told('suppressed', 7), event] : [event];
        });
        const feed = (losses: ImportLosses, line: (typeof log)[number]) =>
          'kind' in line ? losses.lost(line) : losses.event('vm', { atMs: line.ms, serial: line.serial });
        const whole = new ImportLosses();
        for (const line of log) feed(whole, line);
        let parts = new ImportLosses();
        const found = [];
        for (const [at, line] of log.entries()) {
          if (cuts.includes(at)) {
            found.push(...parts.flush('vm', false));
            parts = new ImportLosses(JSON.parse(JSON.stringify(parts.state)) as LossState);
          }
          feed(parts, line);
        }
        expect([...found, ...parts.flush('vm', true)]).toEqual(whole.flush('vm', true));
      },
    ),
  );
});

test('a log that names any number of hosts, or of losses, does not grow what is kept', () => {
  const losses = new ImportLosses();
  for (let at = 0; at < 1000; at++) {
    losses.event(`host${at}`, { atMs: at, serial: 1 });
    losses.event(`host${at}`, { atMs: at, serial: 3 });
  }
  expect(losses.state.hosts).toHaveLength(64);
  expect(losses.flush('vm', true)).toHaveLength(1000);
  for (let at = 0; at < 1000; at++) losses.lost(told('suppressed', 2));
  expect(losses.state.told).toHaveLength(256);
  expect(losses.flush('vm', true).reduce((sum, loss) => sum + (loss.count ?? 0), 0)).toBe(2000);
});

test('a gap is told once no late record can fill it: after 256 more, or five seconds', () => {
  for (const later of [Array.from({ length: 256 }, (_, at) => [1, 20 + at] as const), [[5100, 20] as const]]) {
    const losses = new ImportLosses();
    losses.event('vm', { atMs: 0, serial: 10 });
    losses.event('vm', { atMs: 1, serial: 19 });
    expect(losses.flush('vm', false)).toEqual([]);
    for (const [atMs, serial] of later) losses.event('vm', { atMs, serial });
    expect(losses.flush('vm', false)).toMatchObject([{ count: 8 }]);
    expect(losses.flush('vm', true)).toEqual([]);
  }
});

test('a gap is told where nothing came for long, once, and what was said of it waits for the next record', () => {
  const losses = new ImportLosses();
  losses.event('vm', { atMs: 0, serial: 10 });
  expect(losses.open).toBe(false);
  losses.event('vm', { atMs: 1, serial: 14 });
  losses.lost(told('suppressed', 9));
  expect(losses.open).toBe(true);
  expect(losses.flush('vm', false, true)).toMatchObject([{ reason: 'serial-gap', count: 3 }]);
  expect(losses.open).toBe(false);
  losses.event('vm', { atMs: 9000, serial: 17 });
  expect(losses.flush('vm', true)).toMatchObject([{ reason: 'suppressed', count: 2 }]);
});
