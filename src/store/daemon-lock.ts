import { closeSync, openSync, realpathSync } from 'node:fs';
import Database from 'better-sqlite3';
import { RefusedError } from '../errors.ts';
import { sqliteCode, telling } from './failure.ts';

export interface Holder {
  readonly pid: number;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
}

/** Another that takes the lock at the same moment writes its name before it has it. */
const ATTEMPTS = 8;

/**
 * Holds the database (it must exist) for one daemon, by SQLite's own lock on a file beside it: the kernel lets it go when
 * the process is gone, however it went. Gives what lets it go. Throws a RefusedError that names the daemon that has it.
 */
export function lockForDaemon(database: string, self: Holder): () => void {
  const path = `${realpathSync(database)}-daemon`;
  return telling(path, () => {
    closeSync(openSync(path, 'a', 0o600));
    const db = new Database(path, { timeout: 200 });
    try {
      hold(db, database, self);
    } catch (error) {
      db.close();
      throw error;
    }
    return () => void db.close();
  });
}

/** The daemon that stores there now; undefined where none does, or where this user may not ask. */
export function daemonOf(database: string): Holder | undefined {
  try {
    const db = new Database(`${realpathSync(database)}-daemon`, { fileMustExist: true, timeout: 0 });
    try {
      return askHolder(db);
    } finally {
      db.close();
    }
  } catch {
    return undefined;
  }
}

function askHolder(db: Database.Database): Holder | undefined {
  try {
    db.exec('BEGIN IMMEDIATE');
    return undefined;
  } catch (error) {
    return sqliteCode(error)?.startsWith('SQLITE_BUSY') ? holderOf(db) : undefined;
  }
}

/** A transaction that was begun to write lets others read who began it. */
function hold(db: Database.Database, database: string, self: Holder): void {
  for (let left = ATTEMPTS; left > 0; left--) {
    try {
      db.exec('BEGIN IMMEDIATE');
    } catch (error) {
      if (sqliteCode(error)?.startsWith('SQLITE_BUSY')) throw taken(database, holderOf(db));
      throw error;
    }
    db.exec(
      'CREATE TABLE IF NOT EXISTS holder (one INTEGER PRIMARY KEY, pid INTEGER NOT NULL, since_ms INTEGER NOT NULL) STRICT',
    );
    const { pid, sinceMs } = holderOf(db) ?? {};
    if (pid === self.pid && sinceMs === self.sinceMs) return;
    db.prepare('INSERT OR REPLACE INTO holder (one, pid, since_ms) VALUES (1, ?, ?)').run(self.pid, self.sinceMs);
    db.exec('COMMIT');
  }
  throw taken(database, undefined);
}

function holderOf(db: Database.Database): Holder | undefined {
  try {
    return db.prepare<[], Holder>('SELECT pid, since_ms AS sinceMs FROM holder').get();
  } catch {
    return undefined;
  }
}

function taken(database: string, holder: Holder | undefined): RefusedError {
  const who = holder ? ` (pid ${holder.pid}, since ${new Date(holder.sinceMs).toISOString()})` : '';
  return new RefusedError(`${database}: another profiler daemon stores there already${who}: stop it first`);
}
