import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import { migrate, migrationFiles } from '../../src/store/migrate.ts';
import { openStore } from '../../src/store/open.ts';
import { sqliteStore } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';

export { LOG, newRun, newTally, X86_64 } from './rows.ts';

/** A directory that goes with the test. */
export function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'profiler-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A store of its own for the test that runs. */
export function freshStore(): Store {
  const store = openStore(join(temporary(), 'profiler.db'));
  onTestFinished(() => store.close());
  return store;
}

/** The same in memory, for properties that need many. */
export function memoryStore(): Store {
  const db = new Database(':memory:');
  db.pragma('foreign_keys = ON');
  migrate(db, ':memory:', migrationFiles(), 0);
  return sqliteStore(db, ':memory:');
}

export const NO_BATCH = { tallies: [], losses: [], seen: [] } as const;
