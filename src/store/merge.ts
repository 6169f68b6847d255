import type { Database } from 'better-sqlite3';
import { atLeast, type Trust } from '../record/trust.ts';
import { accessesIn } from './accesses.ts';
import { settleLosses } from './append-losses.ts';
import { mergeArguments } from './arguments.ts';
import type { ExchangeArgument, ExchangeRow, ExchangeSeen, ExchangeTally } from './exchange.ts';
import { mergeLosses } from './merge-losses.ts';
import { mergeManual } from './merge-manual.ts';
import { type MergedRun, mergeRuns } from './merge-run.ts';
import { mergeTallies } from './merge-tallies.ts';
import { appendOrigins } from './origins.ts';
import type { Merged, SeenSpan, Staging } from './store.ts';
import { mergeSeen } from './write-seen.ts';

/** So many rows are taken from the stage at once. */
const PAGE = 512;

/** A place for another database's rows; what an earlier one held is dropped. */
export function stageIn(db: Database): Staging {
  drop(db);
  // Temporary tables lie in a file of their own: nobody waits for this one while a slow pipe is read.
  db.exec('CREATE TEMP TABLE incoming (seq INTEGER PRIMARY KEY, text TEXT NOT NULL)');
  db.exec('CREATE TEMP TABLE claimed (run_id INTEGER PRIMARY KEY)');
  return staging(db);
}

function drop(db: Database): void {
  db.exec('DROP TABLE IF EXISTS temp.incoming');
  db.exec('DROP TABLE IF EXISTS temp.claimed');
}

function staging(db: Database): Staging {
  const insert = db.prepare<[string]>('INSERT INTO temp.incoming (text) VALUES (?)');
  const page = db.prepare<[number, number], { seq: number; text: string }>(
    'SELECT seq, text FROM temp.incoming WHERE seq > ? ORDER BY seq LIMIT ?',
  );
  const rows = function* staged(): Generator<ExchangeRow> {
    for (let last = 0; ; ) {
      const next = page.all(last, PAGE);
      for (const { text } of next) yield JSON.parse(text) as ExchangeRow;
      if (next.length < PAGE) return;
      last = next.at(-1)?.seq ?? last;
    }
  };
  return {
    add: db.transaction((added: readonly ExchangeRow[]) => {
      for (const row of added) insert.run(JSON.stringify(row));
    }),
    merge: (atMost) => merge(db, rows(), atMost),
    drop: () => drop(db),
  };
}

/** Within a transaction of the caller's. */
function merge(db: Database, rows: Iterable<ExchangeRow>, atMost: Trust): Merged {
  const counts = { runs: 0, knownRuns: 0, losses: 0, decisions: 0, lost: 0 as number | undefined, known: 0 };
  const added = { kernel: 0, file: 0, forgeable: 0 };
  const accesses = { kernel: 0, file: 0, forgeable: 0 };
  const putRun = mergeRuns(db, atMost);
  const putTallies = mergeTallies(db);
  const putArguments = mergeArguments(db);
  const losses = mergeLosses(db);
  const putSeen = mergeSeen(db);
  const { addAccesses } = accessesIn(db);
  const putOrigins = appendOrigins(db);
  const putManual = mergeManual(db);
  let run: MergedRun | undefined;
  let tallies: ExchangeTally[] = [];
  let args: ExchangeArgument[] = [];
  const finish = () => {
    if (run) {
      const figures = putTallies(run.id, tallies);
      putArguments(run.id, args);
      for (const trust of ['kernel', 'file', 'forgeable'] as const) added[trust] += figures.added[trust];
      counts.known += figures.known;
    }
    tallies = [];
    args = [];
  };
  for (const row of rows) {
    if (row.row === 'run') {
      finish();
      run = putRun(row);
      if (run.isNew) counts.runs++;
      else counts.knownRuns++;
    } else if (row.row === 'tally') {
      tallies.push({ ...row, trust: least(row.trust, atMost) });
    } else if (row.row === 'argument') {
      args.push({ ...row, trust: least(row.trust, atMost) });
    } else if (row.row === 'loss') {
      const trust = row.trust === null && atMost !== 'forgeable' ? null : least(row.trust ?? atMost, atMost);
      if (!losses.put({ ...row, trust }, row.run === null ? undefined : run?.id)) continue;
      counts.losses++;
      counts.lost = counts.lost === undefined || row.count === null ? undefined : counts.lost + row.count;
    } else if (row.row === 'origin' && run) {
      putOrigins([{ ...row, runId: run.id }]);
    } else if (row.row === 'seen') {
      putSeen(spanOf(row, atMost));
    } else if (row.row === 'access') {
      const { row: _row, seen, ...access } = row;
      const key = { ...access, trust: least(row.trust, atMost) };
      const put = addAccesses(seen.map(([atMs, serial]) => ({ ...key, atMs, serial })));
      accesses[key.trust] += put.added[key.trust];
      counts.known += put.known;
    } else if (row.row === 'manual' && atMost !== 'forgeable') {
      // Anybody could have written somebody's word into such a file.
      if (putManual(row)) counts.decisions++;
    }
  }
  finish();
  const settle = settleLosses(db);
  for (const { host, fromMs, toMs } of losses.times()) settle(host, fromMs, toMs);
  return { ...counts, added, accesses };
}

function spanOf({ row: _row, bootId, ...span }: ExchangeSeen, atMost: Trust): SeenSpan {
  return { ...span, bootId: bootId ?? '', trust: least(span.trust, atMost) };
}

function least(one: Trust, other: Trust): Trust {
  return atLeast(one, other) ? other : one;
}
