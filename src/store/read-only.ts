import { existsSync, readFileSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { sqliteCode } from './failure.ts';

/** What SQLite says where it may not make the files beside a WAL database (sqlite.org/wal.html, read-only databases). */
const NO_ROOM_BESIDE = /^SQLITE_(?:CANTOPEN|READONLY_(?:DIRECTORY|CANTINIT|CANTLOCK)|IOERR_SHM.*)$/;
/** The header's two bytes that say who may write and read: 1 rollback journal, 2 WAL (sqlite.org/fileformat.html). */
const VERSIONS_AT = 18;

/**
 * Opens a database to be read. In WAL mode even a reader makes a file beside it: where that cannot be (a read-only or
 * full disk, a directory of somebody else's) and nothing waits in the WAL, a copy in memory is read.
 */
export function openReadOnly(path: string, timeout: number): Database.Database {
  try {
    return opened(path, timeout);
  } catch (error) {
    if (!NO_ROOM_BESIDE.test(sqliteCode(error) ?? '') || hasWal(path)) throw error;
    const { mtimeMs } = statSync(path);
    const copy = readFileSync(path);
    // Somebody writes just now: the copy may be half old, half new.
    if (hasWal(path) || statSync(path).mtimeMs !== mtimeMs) throw error;
    return new Database(withoutWal(copy), { readonly: true });
  }
}

function opened(path: string, timeout: number): Database.Database {
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout });
  try {
    db.pragma('schema_version');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function hasWal(path: string): boolean {
  return existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0;
}

function withoutWal(bytes: Buffer): Buffer {
  if (bytes.length > VERSIONS_AT + 1) bytes.fill(1, VERSIONS_AT, VERSIONS_AT + 2);
  return bytes;
}
