import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { RefusedError } from '../errors.ts';
import { sqliteCode, telling } from './failure.ts';
import { migrate, migrationFiles, pending } from './migrate.ts';
import { openReadOnly } from './read-only.ts';
import { sqliteStore } from './sqlite.ts';
import type { Store } from './store.ts';

export interface OpenOptions {
  readonly readonly?: boolean;
  /** How long a writer waits for another's transaction before it gives up. */
  readonly busyTimeoutMs?: number;
}

/** There is no database yet: nothing was observed or imported. */
export class NoStoreError extends RefusedError {}

/**
 * Opens the evidence; creates it (file mode 0600, new directories 0700: argv and paths are nobody else's business) and
 * brings its schema up to date unless `readonly`. Throws a RefusedError with one line for whatever stands against it.
 */
export function openStore(path: string, { readonly = false, busyTimeoutMs = 10_000 }: OpenOptions = {}): Store {
  if (readonly) requireFile(path);
  else createFile(path);
  refuseForgeable(path);
  return telling(path, () => {
    const db = readonly
      ? openReadOnly(path, busyTimeoutMs)
      : new Database(path, { fileMustExist: true, timeout: busyTimeoutMs });
    try {
      prepare(db, path, readonly);
      return sqliteStore(db, path);
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** A store that is gone with the process: for what is asked of one log alone. */
export function openMemoryStore(): Store {
  const db = new Database(':memory:');
  db.pragma('foreign_keys = ON');
  migrate(db, ':memory:', migrationFiles(), Date.now());
  return sqliteStore(db, ':memory:');
}

function prepare(db: Database.Database, path: string, readonly: boolean): void {
  const files = migrationFiles();
  db.pragma('foreign_keys = ON');
  if (readonly) {
    if (pending(db, path, files).length === 0) return;
    throw new RefusedError(
      `${path}: has an older schema: let its owner run \`profiler prune --dry-run --db ${path}\` once`,
    );
  }
  // Refuse a foreign or newer file before anything is written to it.
  pending(db, path, files);
  useWal(db);
  // In WAL mode NORMAL cannot damage the file; a power cut may take back the last commits, but each whole: counts,
  // spans and cursor go together, an end marker comes last, so that what is left is true. FULL costs a sync a commit.
  db.pragma('synchronous = NORMAL');
  // Else it grows with the database up to 16 MB; what is written is mostly what was written a moment ago.
  db.pragma('cache_size = -4000');
  migrate(db, path, files, Date.now());
}

/** Changing the journal mode does not wait on the busy timeout (sqlite.org/wal.html): another opener may be at it. */
function useWal(db: Database.Database): void {
  const wait = new Int32Array(new SharedArrayBuffer(4));
  for (let left = 100; ; left--) {
    try {
      if (db.pragma('journal_mode = WAL', { simple: true }) === 'wal') return;
      throw new RefusedError(`${db.name}: this file system cannot hold a write-ahead log`);
    } catch (error) {
      if (left === 0 || !sqliteCode(error)?.startsWith('SQLITE_BUSY')) throw error;
    }
    Atomics.wait(wait, 0, 0, 50);
  }
}

/** Throws a NoStoreError where there is no file, a RefusedError where it may not be read. */
export function requireFile(path: string): void {
  let directory: boolean;
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) throw new NoStoreError(`${path}: no evidence is stored there yet`);
    directory = stat.isDirectory();
    if (!directory) closeSync(openSync(path, 'r'));
  } catch (error) {
    if (error instanceof NoStoreError) throw error;
    throw new RefusedError(`${path}: ${unreadable(error)}`, { cause: error });
  }
  if (directory) throw new RefusedError(`${path}: is a directory, want a database file`);
}

function createFile(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // SQLite would create it by the umask; its WAL files take the mode of this one.
    closeSync(openSync(path, 'a', 0o600));
    if (statSync(path).size === 0) chmodSync(path, 0o600);
  } catch (error) {
    throw new RefusedError(`${path}: ${reason(error)}`, { cause: error });
  }
}

/** A folder of the path that may not be searched stands against reading as the file's own mode does. */
function unreadable(error: unknown): string {
  const denied = ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '');
  return denied ? 'may not be read by this user: use sudo, or name another file by --db' : reason(error);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'may not be written by this user: use sudo, or name another file by --db',
  EPERM: 'may not be written by this user: use sudo, or name another file by --db',
  EROFS: 'lies on a read-only file system: name another file by --db',
  ENOSPC: 'the disk is full',
  EISDIR: 'is a directory, want a database file',
  ENOTDIR: 'a part of the path is a file, want directories',
  EEXIST: 'a part of the path is a file, want directories',
};

function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return REASONS[code] ?? (error instanceof Error ? error.message : String(error));
}

function refuseForgeable(path: string): void {
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o002) === 0) return;
  throw new RefusedError(
    `${path}: everyone may write it (mode 0${mode.toString(8)}), so its evidence could be forged: chmod o-w`,
  );
}
