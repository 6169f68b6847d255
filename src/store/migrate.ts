import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Database } from 'better-sqlite3';
import { RefusedError } from '../errors.ts';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  readonly sha256: string;
}

/**
 * The numbered SQL files of this program, in order: migrations/0001-store.sql, beside dist/ or src/. Read once: a database
 * may be opened after the process has given up the right to read the program's own folder.
 */
export function migrationFiles(): readonly Migration[] {
  ours ??= readMigrations(fileURLToPath(new URL('../../migrations', import.meta.url)));
  return ours;
}

let ours: readonly Migration[] | undefined;

/** Those of a directory: NNNN-NAME.sql, numbered from 1 without a hole; throws where one is missing. */
export function readMigrations(directory: string): Migration[] {
  const names = readdirSync(directory)
    .filter((name) => /^\d{4}-.+\.sql$/.test(name))
    .sort();
  return names.map((name, index) => {
    const number = Number(name.slice(0, 4));
    if (number !== index + 1) throw new Error(`${directory}/${name}: want ${String(index + 1).padStart(4, '0')}-….sql`);
    const sql = readFileSync(`${directory}/${name}`, 'utf8');
    return { number, name, sql, sha256: createHash('sha256').update(sql).digest('hex') };
  });
}

interface Applied {
  readonly number: number;
  readonly name: string;
  readonly sha256: string;
}

/**
 * Brings the schema up to date: all missing files in one transaction under the write lock, so that two programs that
 * open at once do not apply one file twice. Throws a RefusedError for a database that is newer than the program, that
 * is not a profiler's, or whose applied files are not those of this program.
 */
export function migrate(db: Database, path: string, files: readonly Migration[], nowMs: number): void {
  if (pending(db, path, files).length === 0) return;
  db.transaction(() => {
    const missing = pending(db, path, files);
    db.exec(
      'CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_ms INTEGER NOT NULL) STRICT',
    );
    const note = db.prepare('INSERT INTO migration (number, name, sha256, applied_ms) VALUES (?, ?, ?, ?)');
    for (const { number, name, sql, sha256 } of missing) {
      db.exec(sql);
      note.run(number, name, sha256, nowMs);
    }
  }).exclusive();
}

/** The files that this database lacks; checks those that it has. */
export function pending(db: Database, path: string, files: readonly Migration[]): readonly Migration[] {
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all() as string[];
  if (tables.length > 0 && !tables.includes('migration')) {
    throw new RefusedError(`${path}: is an SQLite database, but not a profiler's: name another file by --db`);
  }
  const applied = tables.length === 0 ? [] : (db.prepare('SELECT * FROM migration ORDER BY number').all() as Applied[]);
  for (const { number, name, sha256 } of applied) {
    const file = files[number - 1];
    if (!file) {
      throw new RefusedError(
        `${path}: has schema ${applied.length}, this profiler knows up to ${files.length}: install the newer profiler that made it`,
      );
    }
    if (file.sha256 !== sha256) {
      throw new RefusedError(
        `${path}: was made with another ${name} than this program's migrations/${file.name}: want the file unchanged`,
      );
    }
  }
  return files.slice(applied.length);
}
