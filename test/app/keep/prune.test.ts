import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../../src/store/open.ts';
import type { Store } from '../../../src/store/store.ts';
import { NO_BATCH, newRun, newTally, temporary } from '../../store/helpers.ts';
import { auditLog, hello, T0 } from '../audit-lines.ts';
import { profiler } from '../context.ts';

const DAY = 86_400_000;
const END = { why: undefined, exitCode: 0, exitSignal: undefined, newCalls: 0 };

function filled(work: (store: Store) => void): string {
  const db = join(temporary(), 'profiler.db');
  const store = openStore(db);
  work(store);
  store.close();
  return db;
}

/** A run that was over so many days ago. */
function addRun(store: Store, daysAgo: number, change: Parameters<typeof newRun>[0] = {}, complete = true): number {
  const startedMs = Date.now() - daysAgo * DAY - 1000;
  const runId = store.beginRun(newRun({ startedMs, ...change }));
  const exe = change.exe ?? '/opt/hello';
  const tally = { runId, exe, firstMs: startedMs, lastMs: startedMs + 10 };
  store.append({ ...NO_BATCH, tallies: [newTally(tally), newTally({ ...tally, nr: 2, exe: `${exe}-child` })] });
  store.endRun(runId, { ...END, endedMs: startedMs + 20, complete });
  return runId;
}

/** Every row of a table, for what must be as it was. */
function rows(db: string): unknown {
  const read = new Database(db, { readonly: true });
  const tables = ['exe', 'host', 'program', 'run', 'run_session', 'process', 'tally', 'loss', 'seen', 'source'];
  const all = tables.map((table) => [table, read.prepare(`SELECT * FROM ${table}`).all()]);
  read.close();
  return Object.fromEntries(all);
}

const left = async (db: string): Promise<number[]> => {
  const { stdout } = await profiler(['runs', '--json', '--db', db]);
  return (JSON.parse(stdout) as { runs: { id: number }[] }).runs.map((run) => run.id).sort((a, b) => a - b);
};

test('runs over the age go whole, with what only they had; the newest complete run stays', async () => {
  const db = filled((store) => {
    addRun(store, 300);
    addRun(store, 200);
    addRun(store, 150, {}, false);
    addRun(store, 120, { exe: '/opt/gone', stage: 'launcher' }, false);
    addRun(store, 120, { exe: '/opt/rare', argv: [] });
    addRun(store, 10, { stage: 'launcher' });
  });
  const before = rows(db);
  const dry = await profiler(['prune', '--dry-run', '--db', db]);
  expect(rows(db)).toEqual(before);
  const { outcome, stdout, stderr } = await profiler(['prune', '--db', db]);
  expect([outcome, stderr]).toEqual([0, '']);
  expect(stdout).toBe(
    'removed: 3 runs with 6 records; 0 losses of imports, 0 spans of seen events, 1 program file; 3 runs left\n' +
      '  no run is left of /opt/gone\n',
  );
  expect(dry.stdout).toBe(stdout.replace('removed', 'would remove'));
  expect(await left(db)).toEqual([2, 5, 6]);
  const after = rows(db) as Record<string, Record<string, unknown>[]>;
  expect(after['exe']?.map((row) => row['path'])).toEqual([
    '/opt/hello',
    '/opt/hello-child',
    '/opt/rare',
    '/opt/rare-child',
  ]);
  expect(after['tally']).toHaveLength(6);
  expect((await profiler(['prune', '--db', db])).stdout).toMatch(/^removed: 0 runs with 0 records; .*3 runs left\n$/);
});

test('--keep-runs, --all, --exe, --json', async () => {
  const db = filled((store) => {
    for (const days of [300, 200, 100]) addRun(store, days);
    addRun(store, 100, { exe: '/opt/other' });
  });
  const figures = async (...words: string[]) =>
    JSON.parse((await profiler(['prune', '--json', '--dry-run', '--db', db, ...words])).stdout) as object;
  expect(await figures()).toMatchObject({ schema: 1, dryRun: true, runs: 2, records: 4, left: 2, forgotten: [] });
  expect(await figures('--keep-runs', '2')).toMatchObject({ runs: 1 });
  expect(await figures('--older-than', '250d')).toMatchObject({ runs: 1 });
  expect(await figures('--all')).toMatchObject({ runs: 4, left: 0, exes: 4, forgotten: ['/opt/hello', '/opt/other'] });
  expect(await figures('--all', '--exe', 'other')).toMatchObject({ runs: 1, left: 3, forgotten: ['/opt/other'] });
});

test.for([
  [['--older-than', '90'], 'prune: --older-than 90: want a time'],
  [['--older-than=-1d'], 'want a time like 12h, 90d or 8w'],
  [['--keep-runs', '0'], '--keep-runs: want 1 or more'],
  [['--keep-runs', '1.5'], '--keep-runs: want 1 or more'],
  [['--all', '--keep-runs', '2'], 'want it or --keep-runs'],
  [['--exe', 'none'], 'no run of none is stored'],
] as const)('%j is refused', async ([words, message]) => {
  const db = filled((store) => void addRun(store, 100));
  const { outcome, stderr } = await profiler(['prune', '--db', db, ...words]);
  expect(outcome).toBe(2);
  expect(stderr).toContain(message.replace('prune: ', ''));
  expect(await left(db)).toEqual([1]);
});

test('no database is made to prune it', async () => {
  const db = join(temporary(), 'none.db');
  expect(await profiler(['prune', '--db', db])).toMatchObject({ outcome: 3, stdout: '' });
  expect(() => statSync(db)).toThrow('ENOENT');
});

test('a run of this boot without an end may still go on: it stays', async () => {
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim().replaceAll('-', '');
  const db = filled((store) => {
    for (const boot of [bootId, 'another']) store.beginRun(newRun({ startedMs: 1, bootId: boot }));
  });
  await profiler(['prune', '--db', db]);
  expect(await left(db)).toEqual([1]);
});

/** Two processes of one pid 200 days ago, one 100 days ago and one today, as one audit.log with a hole in its oldest part. */
function oldLog(directory: string): string {
  const days = (count: number) => Date.now() - T0 - count * DAY;
  const lines = [
    ...hello({ ms: days(200), serial: 100, pid: 1 }),
    ...hello({ ms: days(200) + 1000, serial: 200, pid: 1, exe: '/opt/one' }),
    ...hello({ ms: days(100), serial: 300, pid: 2 }),
    ...hello({ ms: days(0), serial: 900, pid: 3 }),
  ];
  const log = join(directory, 'audit.log');
  writeFileSync(log, lines.map(auditLog).join(''), { mode: 0o600 });
  return log;
}

test('what counts as seen stays for every run that stays: an old log imported again counts none of theirs twice', async () => {
  const directory = temporary();
  const log = oldLog(directory);
  const db = join(directory, 'profiler.db');
  await profiler(['import', '--db', db, log]);
  const tallies = () => (rows(db) as { tally: { run_id: number; count: number }[] }).tally;
  const before = tallies();
  expect((await profiler(['prune', '--db', db])).stdout).toBe(
    'removed: 2 runs with 10 records; 1 loss of imports, 1 span of seen events, 0 program files; 2 runs left\n',
  );
  const kept = await left(db);
  const again = await profiler(['import', '--db', db, log]);
  expect(again.stderr).toMatch(/5 new records \(5 file\), 15 counted before, 1 new run\n/);
  const ofKept = (all: ReturnType<typeof tallies>) => all.filter((tally) => kept.includes(tally.run_id));
  expect(ofKept(tallies())).toEqual(ofKept(before));
});

test('--vacuum gives the room back; a writer that holds the database is waited for, or named', async () => {
  const db = filled((store) => {
    store.atomically(() => {
      for (let at = 0; at < 2000; at++) addRun(store, 100, { ses: at });
    });
  });
  const size = statSync(db).size;
  await profiler(['prune', '--db', db]);
  expect(statSync(db).size).toBe(size);
  const { stdout } = await profiler(['prune', '--db', db, '--vacuum', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ runs: 0, left: 1, bytes: statSync(db).size });
  expect(statSync(db).size).toBeLessThan(size / 2);
  const reader = new Database(db, { readonly: true });
  onTestFinished(() => void reader.close());
  expect(reader.pragma('integrity_check', { simple: true })).toBe('ok');
});
