import type { Database } from 'better-sqlite3';
import { accessesIn } from './accesses.ts';
import { appendTo } from './append.ts';
import { settleLosses } from './append-losses.ts';
import { telling } from './failure.ts';
import { manualIn } from './manual.ts';
import { stageIn } from './merge.ts';
import { readOrigins } from './origins.ts';
import { pruneIn } from './prune.ts';
import { readAll } from './read-all.ts';
import { readLosses } from './read-losses.ts';
import { readRuns } from './read-runs.ts';
import { readSeen } from './read-seen.ts';
import type { Store } from './store.ts';
import { writeRuns } from './write-runs.ts';

/** The store port on an open, migrated SQLite database; SQLite's refusals come out as one line that names the file. */
export function sqliteStore(db: Database, path: string): Store {
  const parts = {
    append: appendTo(db),
    settleLosses: settleLosses(db),
    ...writeRuns(db),
    ...readRuns(db),
    ...readLosses(db),
    ...readSeen(db),
    ...readOrigins(db),
    ...manualIn(db),
    ...pruneIn(db),
    ...accessesIn(db),
    stage: () => toldAll(stageIn(db), path),
    rows: readAll(db),
  };
  return {
    ...toldAll(parts, path),
    atomically: (work) => telling(path, () => db.transaction(work).immediate()),
    close: () => {
      db.close();
    },
  };
}

function toldAll<Parts extends object>(parts: Parts, path: string): Parts {
  const told = Object.entries(parts).map(([name, call]: [string, (...args: unknown[]) => unknown]) => [
    name,
    (...args: unknown[]) => telling(path, () => call(...args)),
  ]);
  return Object.fromEntries(told) as Parts;
}
