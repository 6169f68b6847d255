import { copyFileSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ArgumentTally, VALUES_MAX } from '../../src/observe/argument.ts';
import { migrate, migrationFiles, readMigrations } from '../../src/store/migrate.ts';
import { sqliteStore } from '../../src/store/sqlite.ts';
import { LOG, memoryStore, NO_BATCH, newRun, newTally, temporary, X86_64 } from './helpers.ts';

function argument(runId: number, value: string | undefined, change: Partial<ArgumentTally> = {}): ArgumentTally {
  const call = { runId, exe: '/opt/hello', archToken: X86_64, nr: 41, code: LOG, trust: 'kernel', index: 1 } as const;
  return { ...call, value, count: 1, ...change };
}

test('values are 64 bits without a sign, exact, and add up; the most frequent first', () => {
  const store = memoryStore();
  const runId = store.beginRun(newRun());
  const most = 'f'.repeat(16);
  store.append({ ...NO_BATCH, args: [argument(runId, '1'), argument(runId, most, { count: 3 })] });
  store.append({ ...NO_BATCH, args: [argument(runId, '1'), argument(runId, '1', { trust: 'file' })] });
  expect(store.args([runId]).map(({ trust, value, count }) => [trust, value, count])).toEqual([
    ['file', '1', 1],
    ['kernel', most, 3],
    ['kernel', '1', 2],
  ]);
  expect(store.args([999])).toEqual([]);
});

test('any number of values costs as many rows as are kept apart, and one more; no count is lost', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(200), { maxLength: 400 }), fc.integer({ min: 1, max: 50 }), (values, size) => {
      const store = memoryStore();
      const runId = store.beginRun(newRun());
      for (let at = 0; at < values.length; at += size) {
        const batch = values.slice(at, at + size);
        store.append({ ...NO_BATCH, args: batch.map((value) => argument(runId, value.toString(16))) });
      }
      const rows = store.args([runId]);
      expect(rows.length).toBeLessThanOrEqual(VALUES_MAX + 1);
      expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(values.length);
      const kept = [...new Set(values)].slice(0, VALUES_MAX);
      for (const value of kept) {
        const times = values.filter((one) => one === value).length;
        expect(rows.find((row) => row.value === value.toString(16))?.count).toBe(times);
      }
      store.close();
    }),
    { numRuns: 30 },
  );
}, 20_000);

test('what is forgeable fills no room of what is not', () => {
  const store = memoryStore();
  const runId = store.beginRun(newRun());
  const forged = Array.from({ length: 100 }, (_, at) => argument(runId, at.toString(16), { trust: 'forgeable' }));
  store.append({ ...NO_BATCH, args: [...forged, argument(runId, 'abc')] });
  expect(store.args([runId]).filter(({ trust }) => trust === 'kernel')).toMatchObject([{ value: 'abc', count: 1 }]);
});

test('they are committed with the counts, or not at all, and go with their run', () => {
  const store = memoryStore();
  const runId = store.beginRun(newRun());
  const bad = { ...NO_BATCH, args: [argument(runId, '1')], tallies: [newTally({ runId: 999 })] };
  expect(() => store.append(bad)).toThrow(/FOREIGN KEY/);
  expect(store.args([runId])).toEqual([]);
  store.append({ ...NO_BATCH, args: [argument(runId, '1', { exe: '/opt/child' })] });
  store.prune({ runIds: [], beforeMs: 0, accesses: false, dryRun: false });
  expect(store.args([runId])).toHaveLength(1);
  store.prune({ runIds: [runId], beforeMs: 0, accesses: false, dryRun: false });
  expect(store.args([runId])).toEqual([]);
  expect(store.exes()).toEqual([]);
});

test('a database of before keeps what counts as seen: type 1326, of no known boot', () => {
  const path = temporary();
  const directory = mkdtempSync(join(path, 'm'));
  for (const { name } of migrationFiles().slice(0, 2))
    copyFileSync(join(import.meta.dirname, '../../migrations', name), join(directory, name));
  const db = new Database(join(path, 'old.db'));
  migrate(db, 'old.db', readMigrations(directory), 0);
  db.exec("INSERT INTO host VALUES (1, 'vm'); INSERT INTO seen VALUES (1, 5, 'kernel', 7, 9), (1, 5, 'file', 7, 7)");
  migrate(db, 'old.db', migrationFiles(), 0);
  const span = { host: 'vm', atMs: 5, type: 1326, bootId: '' };
  expect(sqliteStore(db, 'old.db').seenAt('vm', 5)).toEqual([
    { ...span, trust: 'file', serialFrom: 7, serialTo: 7 },
    { ...span, trust: 'kernel', serialFrom: 7, serialTo: 9 },
  ]);
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  db.close();
});
