import { spawn } from 'node:child_process';
import { chmodSync, existsSync, linkSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../../src/store/open.ts';
import { NO_BATCH, newRun, newTally, temporary } from '../../store/helpers.ts';
import { profiler } from '../context.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

function database(runs = 1): { readonly directory: string; readonly db: string } {
  const directory = temporary();
  const db = join(directory, 'profiler.db');
  const store = openStore(db);
  for (let at = 0; at < runs; at++) {
    const runId = store.beginRun(newRun({ startedMs: at }));
    store.append({ ...NO_BATCH, tallies: [newTally({ runId })] });
  }
  store.close();
  return { directory, db };
}

test('the copy is one file for its owner alone, and any command reads it', async () => {
  const { directory, db } = database(2);
  const copy = join(directory, 'copy.db');
  const { outcome, stdout, stderr } = await profiler(['backup', '--db', db, copy]);
  expect([outcome, stdout]).toEqual([0, '']);
  expect(stderr).toBe(`${copy}: 2 runs, ${Math.ceil(statSync(copy).size / 1024)} KiB, checked\n`);
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory).filter((name) => name.startsWith('copy'))).toEqual(['copy.db']);
  const of = (file: string) => profiler(['suggest', '--exe', 'hello', '--json', '--db', file]);
  expect(await of(copy)).toEqual(await of(db));
});

test('a file that is there stays, unless --force; the database itself and one in use stay always', async () => {
  const { directory, db } = database();
  const copy = join(directory, 'copy.db');
  writeFileSync(copy, 'mine');
  expect(await profiler(['backup', '--db', db, copy])).toMatchObject({
    outcome: 3,
    stderr: `profiler: ${copy}: is there already: name another file, or replace it by --force\n`,
  });
  expect(readFileSync(copy, 'utf8')).toBe('mine');
  expect(await profiler(['backup', '--force', '--db', db, copy])).toMatchObject({ outcome: 0 });
  const same = join(directory, 'same.db');
  linkSync(db, same);
  for (const target of [db, same]) {
    expect(await profiler(['backup', '--force', '--db', db, target])).toMatchObject({
      outcome: 3,
      stderr: `profiler: ${target}: is the database itself: name another file\n`,
    });
  }
  const used = openStore(copy);
  onTestFinished(() => used.close());
  expect((await profiler(['backup', '--force', '--db', db, copy])).stderr).toContain('is a database in use');
});

test('no database, no folder, a foreign or damaged database: one line, and nothing is left', async () => {
  const { directory, db } = database(300);
  const copy = join(directory, 'copy.db');
  const none = await profiler(['backup', '--db', join(directory, 'none.db'), copy]);
  expect(none).toMatchObject({ outcome: 3, stderr: expect.stringContaining('no evidence is stored there yet') });
  expect(await profiler(['backup', '--db', db, join(directory, 'no', 'copy.db')])).toMatchObject({
    outcome: 3,
    stderr: expect.stringContaining('ENOENT'),
  });
  const foreign = join(directory, 'foreign.db');
  new Database(foreign).exec('CREATE TABLE x (y)').close();
  expect((await profiler(['backup', '--db', foreign, copy])).stderr).toContain("not a profiler's");
  const bytes = readFileSync(db);
  bytes.fill(0xff, bytes.length - 4096);
  writeFileSync(db, bytes);
  const damaged = await profiler(['backup', '--db', db, copy]);
  expect(damaged.outcome).toBe(3);
  expect(damaged.stderr).toMatch(/damaged/);
  expect(damaged.stderr.trimEnd()).not.toContain('\n');
  expect(readdirSync(directory).filter((name) => name.startsWith('copy'))).toEqual([]);
});

test('an interrupted backup leaves nothing', async () => {
  const { directory, db } = database(300);
  const signal = AbortSignal.abort();
  expect(await profiler(['backup', '--db', db, join(directory, 'copy.db')], { signal })).toMatchObject({ outcome: 3 });
  expect(existsSync(join(directory, 'copy.db'))).toBe(false);
});

/** Commits a run with two tallies, again and again, and writes a dot for each. */
const WRITER = `
  import { openStore } from './src/store/open.ts';
  import { newRun, newTally } from './test/store/rows.ts';
  const store = openStore(process.argv[1]);
  for (let at = 0; ; at++) {
    store.atomically(() => {
      const runId = store.beginRun(newRun({ startedMs: at }));
      const tallies = [newTally({ runId }), newTally({ runId, nr: 2 })];
      store.append({ tallies, losses: [], seen: [] });
    });
    process.stdout.write('.');
  }`;

test('while another process commits without a pause, the copy is one moment: every run is whole', async () => {
  const { directory, db } = database(2000);
  const writer = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', WRITER, db], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void writer.kill('SIGKILL'));
  await new Promise((resolve) => writer.stdout.once('data', resolve));
  let written = 0;
  writer.stdout.on('data', (dots: Buffer) => (written += dots.length));
  for (const name of ['a.db', 'b.db', 'c.db']) {
    const before = written;
    const copy = join(directory, name);
    expect(await profiler(['backup', '--db', db, copy])).toMatchObject({ outcome: 0 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(written).toBeGreaterThan(before);
    const read = new Database(copy, { readonly: true });
    const torn = read
      .prepare('SELECT run_id FROM tally WHERE run_id > 2000 GROUP BY run_id HAVING count(*) <> 2')
      .all();
    const runs = read.prepare('SELECT count(*) FROM run').pluck().get();
    const tallied = read.prepare('SELECT count(DISTINCT run_id) FROM tally').pluck().get();
    read.close();
    expect(torn).toEqual([]);
    expect(runs).toBe(tallied);
    expect(runs).toBeGreaterThan(2000);
  }
}, 30_000);

test('the copy is 0600 whatever the umask and the database allow', async () => {
  const { directory, db } = database();
  chmodSync(db, 0o644);
  const before = process.umask(0);
  onTestFinished(() => void process.umask(before));
  await profiler(['backup', '--db', db, join(directory, 'copy.db')]);
  expect(statSync(join(directory, 'copy.db')).mode & 0o777).toBe(0o600);
});
