import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { RefusedError } from '../../src/errors.ts';
import { migrate, migrationFiles, readMigrations } from '../../src/store/migrate.ts';
import { NoStoreError, openStore } from '../../src/store/open.ts';
import { sqliteStore } from '../../src/store/sqlite.ts';
import { NO_BATCH, newRun, newTally, temporary } from './helpers.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(RefusedError);
    const { message } = error as Error;
    expect(message).not.toContain('\n');
    return message;
  }
  throw new Error('nothing was refused');
}

test('a new database is its owner’s alone, with its directories, in WAL mode', () => {
  const path = join(temporary(), 'a/b/profiler.db');
  const store = openStore(path);
  store.beginRun(newRun());
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(`${path}-wal`).mode & 0o777).toBe(0o600);
  expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
  store.close();
  const db = new Database(path, { readonly: true });
  onTestFinished(() => void db.close());
  expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
  const strict = db.prepare(
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0",
  );
  expect(strict.pluck().all()).toEqual(['sqlite_schema', 'sqlite_sequence']);
});

test('it opens again, also to be read only, and then refuses to be written', () => {
  const path = join(temporary(), 'profiler.db');
  openStore(path).close();
  const store = openStore(path, { readonly: true });
  onTestFinished(() => store.close());
  expect(store.runs({})).toEqual([]);
  expect(refusal(() => store.beginRun(newRun()))).toMatch(/profiler\.db: may not be written here \(SQLITE_READONLY\)/);
});

test('reading what is not there is a case of its own', () => {
  const path = join(temporary(), 'none.db');
  expect(() => openStore(path, { readonly: true })).toThrow(NoStoreError);
  expect(existsSync(path)).toBe(false);
});

test.for([
  {
    what: 'no database',
    make: (path: string) => writeFileSync(path, 'x'.repeat(5000)),
    says: /is not an SQLite database/,
  },
  { what: 'a directory', make: (path: string) => mkdirSync(path), says: /is a directory, want a database file/ },
  {
    what: 'a file in its path',
    make: (path: string) => writeFileSync(join(path, '..', 'file'), ''),
    in: 'file/x.db',
    says: /a part of the path is a file/,
  },
  {
    what: 'a database that everyone may write',
    make: (path: string) => {
      openStore(path).close();
      chmodSync(path, 0o666);
    },
    says: /everyone may write it \(mode 0666\).*chmod o-w/,
  },
  {
    what: "somebody else's database",
    make: (path: string) => {
      const db = new Database(path);
      db.exec('CREATE TABLE mine (x)');
      db.close();
    },
    says: /is an SQLite database, but not a profiler's/,
  },
])('$what is refused with its path', ({ make, says, in: below }) => {
  const directory = temporary();
  const path = join(directory, below ?? 'x.db');
  make(below ? join(directory, 'x.db') : path);
  const message = refusal(() => openStore(path));
  expect(message).toMatch(says);
  expect(message.startsWith(`${path}: `)).toBe(true);
});

test('a damaged database is refused, not read', () => {
  const path = join(temporary(), 'x.db');
  const store = openStore(path);
  const runId = store.beginRun(newRun());
  for (let nr = 0; nr < 400; nr++) store.append({ ...NO_BATCH, tallies: [newTally({ runId, nr })] });
  store.close();
  const bytes = Buffer.alloc(statSync(path).size - 4096, 0x5a);
  const db = new Database(path);
  db.close();
  writeFileSync(path, bytes, { flag: 'r+' });
  expect(refusal(() => openStore(path))).toMatch(/is not an SQLite database|is damaged/);
});

test('a locked database says so after its time', () => {
  const path = join(temporary(), 'x.db');
  const store = openStore(path, { busyTimeoutMs: 50 });
  const other = new Database(path);
  onTestFinished(() => {
    store.close();
    other.close();
  });
  other.exec('BEGIN IMMEDIATE');
  expect(refusal(() => store.beginRun(newRun()))).toMatch(/another program holds it locked/);
  other.exec('ROLLBACK');
  expect(store.beginRun(newRun())).toBe(1);
});

test('a full disk leaves nothing of the step and says so', () => {
  const path = join(temporary(), 'x.db');
  const store = openStore(path);
  const runId = store.beginRun(newRun());
  store.close();
  const db = new Database(path);
  onTestFinished(() => void db.close());
  db.pragma(`max_page_count = ${(db.pragma('page_count', { simple: true }) as number) + 4}`);
  const small = sqliteStore(db, path);
  const tallies = Array.from({ length: 5000 }, (_, nr) => newTally({ runId, nr, exe: `/x/${nr}` }));
  expect(refusal(() => small.append({ ...NO_BATCH, tallies }))).toMatch(
    /the disk is full: nothing of this step was stored/,
  );
  expect(small.tallies([runId])).toEqual([]);
  expect(small.exes()).toEqual(['/opt/hello']);
});

test.runIf(process.getuid?.() === 0)('what this user may not read or write is told with the way out', () => {
  const directory = temporary();
  const path = join(directory, 'x.db');
  openStore(path).close();
  chmodSync(directory, 0o755);
  mkdirSync(join(directory, 'locked'), { mode: 0o700 });
  process.seteuid?.(65_534);
  onTestFinished(() => process.seteuid?.(0));
  const way = /may not be (?:read|written) by this user: use sudo, or name another file by --db/;
  expect(refusal(() => openStore(path))).toMatch(way);
  expect(refusal(() => openStore(path, { readonly: true }))).toMatch(way);
  expect(refusal(() => openStore(join(directory, 'new.db')))).toMatch(way);
  expect(refusal(() => openStore(join(directory, 'new/new.db')))).toMatch(way);
  const locked = join(directory, 'locked/x.db');
  expect(refusal(() => openStore(locked, { readonly: true }))).toBe(
    `${locked}: may not be read by this user: use sudo, or name another file by --db`,
  );
});

test.runIf(process.getuid?.() === 0)('where no file can be made beside a database, it is read all the same', () => {
  const directory = temporary();
  const path = join(directory, 'x.db');
  const store = openStore(path);
  store.beginRun(newRun());
  const wal = readFileSync(`${path}-wal`);
  store.close();
  chmodSync(directory, 0o755);
  chownSync(path, 65_534, 65_534);
  process.seteuid?.(65_534);
  onTestFinished(() => process.seteuid?.(0));
  const reader = openStore(path, { readonly: true });
  expect(reader.runs({}).map((run) => run.exe)).toEqual(['/opt/hello']);
  expect(() => reader.beginRun(newRun())).toThrow(RefusedError);
  reader.close();
  process.seteuid?.(0);
  // What waits in a WAL is not passed over.
  writeFileSync(`${path}-wal`, wal);
  process.seteuid?.(65_534);
  expect(refusal(() => openStore(path, { readonly: true }))).toMatch(/cannot be opened|may not be written here/);
});

test('an applied migration that differs from the file is named', () => {
  const path = join(temporary(), 'x.db');
  openStore(path).close();
  const db = new Database(path);
  db.exec("UPDATE migration SET sha256 = 'other'");
  db.close();
  expect(refusal(() => openStore(path))).toMatch(/was made with another 0001-store\.sql/);
});

test('a database that is newer than the program is refused and left as it is', () => {
  const path = join(temporary(), 'x.db');
  openStore(path).close();
  const db = new Database(path);
  const known = migrationFiles().length;
  db.prepare("INSERT INTO migration VALUES (?, 'later.sql', 'x', 0)").run(known + 1);
  db.close();
  expect(refusal(() => openStore(path))).toContain(
    `has schema ${known + 1}, this profiler knows up to ${known}: install the newer profiler`,
  );
  expect(refusal(() => openStore(path, { readonly: true }))).toContain(`has schema ${known + 1}`);
});

test('a migration that fails leaves the schema as it was', () => {
  const directory = temporary();
  for (const { name } of migrationFiles()) copyFileSync(join(ROOT, 'migrations', name), join(directory, name));
  const known = migrationFiles().length;
  const [good, bad] = ['good', 'bad'].map((name, at) => `${String(known + at + 1).padStart(4, '0')}-${name}.sql`);
  writeFileSync(join(directory, good ?? ''), 'CREATE TABLE good (x INTEGER) STRICT;');
  writeFileSync(
    join(directory, bad ?? ''),
    'CREATE TABLE half (x INTEGER) STRICT; CREATE TABLE exe (x INTEGER) STRICT;',
  );
  const path = join(directory, 'x.db');
  openStore(path).close();
  const db = new Database(path);
  onTestFinished(() => void db.close());
  expect(() => migrate(db, path, readMigrations(directory), 7)).toThrow(/exe already exists/);
  const names = () => db.prepare("SELECT name FROM sqlite_schema WHERE name IN ('good', 'half')").pluck().all();
  expect(names()).toEqual([]);
  writeFileSync(join(directory, bad ?? ''), 'CREATE TABLE half (x INTEGER) STRICT;');
  migrate(db, path, readMigrations(directory), 7);
  expect(names()).toEqual(['good', 'half']);
  expect(db.prepare('SELECT number, applied_ms FROM migration WHERE number > ?').raw().all(known)).toEqual([
    [known + 1, 7],
    [known + 2, 7],
  ]);
});

test('migrations are numbered without a hole', () => {
  const directory = temporary();
  writeFileSync(join(directory, '0002-x.sql'), '');
  expect(() => readMigrations(directory)).toThrow(/0002-x\.sql: want 0001-…\.sql/);
  expect(readdirSync(join(ROOT, 'migrations'))).toEqual(migrationFiles().map((file) => file.name));
});

test('processes that open a new database at once all get it, and it is made once', async () => {
  const path = join(temporary(), 'x.db');
  const script = `
    const { openStore } = await import(${JSON.stringify(join(ROOT, 'src/store/open.ts'))});
    while (Date.now() < Number(process.argv[1])) {}
    const store = openStore(process.argv[2]);
    for (let i = 0; i < 20; i++) store.beginRun(JSON.parse(process.argv[3]));
    store.close();`;
  const at = String(Date.now() + 1500);
  const ended = await Promise.all(
    Array.from({ length: 4 }, () =>
      exitOf(['--import', 'tsx', '--input-type=module', '-e', script, at, path, JSON.stringify(newRun())]),
    ),
  );
  expect(ended).toEqual(Array.from({ length: 4 }, () => ({ code: 0, stderr: '' })));
  const store = openStore(path);
  onTestFinished(() => store.close());
  expect(store.runs({})).toHaveLength(80);
}, 30_000);

function exitOf(args: readonly string[]): Promise<{ code: number | null; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on('close', (code) => resolve({ code, stderr }));
  });
}
