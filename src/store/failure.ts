import { RefusedError } from '../errors.ts';

/** What SQLite's result codes (sqlite.org/rescode.html) mean to a person; the longest prefix of the extended code counts. */
const MEANINGS: readonly (readonly [prefix: string, meaning: string])[] = [
  ['SQLITE_NOTADB', 'is not an SQLite database'],
  ['SQLITE_CORRUPT', 'is damaged: restore a copy, or remove it and import again'],
  ['SQLITE_FULL', 'the disk is full: nothing of this step was stored'],
  ['SQLITE_IOERR_SHMSIZE', 'there is no room for its shared-memory file: the disk is full'],
  ['SQLITE_IOERR', 'reading or writing failed: nothing of this step was stored'],
  ['SQLITE_BUSY', 'another program holds it locked: try again'],
  ['SQLITE_LOCKED', 'another program holds it locked: try again'],
  ['SQLITE_READONLY', 'may not be written here'],
  ['SQLITE_PERM', 'may not be opened'],
  ['SQLITE_CANTOPEN', 'cannot be opened'],
  ['SQLITE_TOOBIG', 'a text or list in this step is too long for SQLite'],
];

/** Runs `work`; what SQLite refuses becomes one line that names the file. Other errors go up as they are. */
export function telling<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw told(path, error);
  }
}

/** The same of work that takes its time. */
export async function tellingLater<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw told(path, error);
  }
}

function told(path: string, error: unknown): unknown {
  const code = sqliteCode(error);
  const meaning = MEANINGS.find(([prefix]) => code?.startsWith(prefix))?.[1];
  return meaning ? new RefusedError(`${path}: ${meaning} (${code})`, { cause: error }) : error;
}

/** These may pass: another program ends, somebody makes room. */
const PASSING = ['SQLITE_BUSY', 'SQLITE_LOCKED', 'SQLITE_FULL', 'SQLITE_IOERR', 'SQLITE_READONLY', 'SQLITE_CANTOPEN'];
/** The file is not where it was: what is written to it is lost. */
const GONE = 'SQLITE_READONLY_DBMOVED';

/** Whether the same step may succeed later, with the store as it is open. */
export function mayPass(error: unknown): boolean {
  const code = sqliteCode(error) ?? sqliteCode(error instanceof Error ? error.cause : undefined);
  return code !== undefined && code !== GONE && PASSING.some((prefix) => code.startsWith(prefix));
}

/** The extended result code of an error of better-sqlite3, or undefined for any other. */
export function sqliteCode(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return code?.startsWith('SQLITE_') ? code : undefined;
}
