import { existsSync, rmSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { RefusedError } from '../errors.ts';
import { telling, tellingLater } from './failure.ts';
import { migrationFiles, pending } from './migrate.ts';
import { createPart, place, taken } from './new-file.ts';
import { requireFile } from './open.ts';
import { openReadOnly } from './read-only.ts';

export interface BackupRequest {
  readonly database: string;
  readonly target: string;
  /** A file that is there already is replaced, once the new copy is whole. */
  readonly force: boolean;
  /** Aborted: nothing is left of the copy. */
  readonly signal: AbortSignal;
  /** Bytes copied, and of how many. */
  readonly progress: (copied: number, size: number) => void;
}

export interface BackupReport {
  readonly target: string;
  readonly bytes: number;
  readonly runs: number;
}

/** Between so many pages (16 MiB of 4 KiB) a signal is heard. */
const PAGES = 4096;

/**
 * Copies the database as it is at this moment, while others write to it, into one file (mode 0600) that was checked and is
 * on the disk before it gets its name. Throws a RefusedError where something stands against it; no half copy stays.
 */
export async function backupStore(request: BackupRequest): Promise<BackupReport> {
  const { database, target, force } = request;
  requireFile(database);
  refuseTarget(database, target, force);
  const part = `${target}.part-${process.pid}`;
  try {
    createPart(part, target);
    await tellingLater(database, () => copy(request, part));
    const report = telling(target, () => check(part, target));
    place(part, target, force);
    return report;
  } finally {
    for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(part + suffix, { force: true });
  }
}

/** One transaction holds the snapshot: SQLite begins a copy anew whenever another connection writes (sqlite.org/backup.html). */
async function copy({ database, signal, progress }: BackupRequest, part: string): Promise<void> {
  const db = openReadOnly(database, 10_000);
  try {
    pending(db, database, migrationFiles());
    const pageSize = db.pragma('page_size', { simple: true }) as number;
    db.exec('BEGIN');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    await db.backup(part, {
      progress: ({ totalPages, remainingPages }) => {
        if (signal.aborted) throw new RefusedError(`${database}: interrupted: no copy was made`);
        progress((totalPages - remainingPages) * pageSize, totalPages * pageSize);
        return PAGES;
      },
    });
  } finally {
    db.close();
  }
}

/** The copy is whole, and one file: without a write-ahead log it can be read from any medium. */
function check(part: string, target: string): BackupReport {
  const db = new Database(part, { fileMustExist: true });
  try {
    db.pragma('journal_mode = DELETE');
    const told = db.pragma('integrity_check', { simple: true });
    if (told !== 'ok') throw new RefusedError(`${target}: the copy is damaged, as its source may be: ${String(told)}`);
    const lost = db.pragma('foreign_key_check') as unknown[];
    if (lost.length > 0) throw new RefusedError(`${target}: the copy is damaged: ${lost.length} rows point nowhere`);
    const runs = db.prepare<[], number>('SELECT count(*) FROM run').pluck().get() ?? 0;
    return { target, bytes: statSync(part).size, runs };
  } finally {
    db.close();
  }
}

function refuseTarget(database: string, target: string, force: boolean): void {
  const there = statSync(target, { throwIfNoEntry: false });
  if (!there) return;
  const own = statSync(database);
  if (there.dev === own.dev && there.ino === own.ino)
    throw new RefusedError(`${target}: is the database itself: name another file`);
  if (!there.isFile()) throw new RefusedError(`${target}: is no file, want a new file`);
  if (!force) throw taken(target);
  // SQLite would put what waits there onto the new copy.
  const beside = ['-wal', '-journal'].map((suffix) => target + suffix).find((file) => existsSync(file));
  if (beside !== undefined) throw new RefusedError(`${target}: is a database in use (${beside}): name another file`);
}
