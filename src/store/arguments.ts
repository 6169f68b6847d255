import type { Database } from 'better-sqlite3';
import { type ArgumentTally, VALUES_MAX } from '../observe/argument.ts';
import type { ExchangeArgument } from './exchange.ts';
import { exeIds, type IdOf } from './ids.ts';

type Call = Omit<ArgumentTally, 'exe' | 'value' | 'count'> & { readonly exeId: number };

const KEY =
  'run_id = @runId AND exe_id = @exeId AND arch_token = @archToken AND nr = @nr AND code = @code AND trust = @trust AND arg = @index';
/** Stands for every value that is not kept apart. */
const OTHER = '';

/** Adds counts; a value that is new where there are too many is counted with the others. */
export function appendArguments(db: Database, exeId: IdOf): (tallies: readonly ArgumentTally[]) => void {
  const room = roomFor(db);
  const add = upsert(db, 'count + excluded.count');
  return (tallies) => {
    for (const { exe, value = OTHER, count, ...call } of tallies) {
      const key = { ...call, exeId: exeId(exe) };
      add(key, room(key, value) ? value : OTHER, count);
    }
  };
}

/** Puts the arguments of another database's run in. Of what both have counted, the larger count is it. */
export function mergeArguments(db: Database): (runId: number, rows: readonly ExchangeArgument[]) => void {
  const exeId = exeIds(db);
  const room = roomFor(db);
  const put = upsert(db, 'max(count, excluded.count)');
  return (runId, rows) => {
    const others = new Map<string, { readonly key: Call; count: number }>();
    for (const { row: _row, run: _run, exe, value, count, ...call } of folded(rows)) {
      const key = { ...call, runId, exeId: exeId(exe) };
      if (value !== null && room(key, value)) {
        put(key, value, count);
        continue;
      }
      const text = JSON.stringify(key);
      others.set(text, { key, count: count + (others.get(text)?.count ?? 0) });
    }
    for (const { key, count } of others.values()) put(key, OTHER, count);
  };
}

/** Those of runs, newest run first; the most frequent value of an argument first. */
export function readArguments(db: Database): (runIds: readonly number[]) => ArgumentTally[] {
  const read = db.prepare<[string], ArgumentTally & { readonly value: string | null }>(`
    SELECT run_id AS runId, exe.path AS exe, arch_token AS archToken, nr, code, trust, arg AS "index",
      nullif(argument.value, '') AS value, count
    FROM json_each(?) AS wanted JOIN argument ON run_id = wanted.value JOIN exe USING (exe_id)
    ORDER BY run_id DESC, exe.path, arch_token, nr, code, trust, arg, count DESC, argument.value`);
  return (runIds) => read.all(JSON.stringify(runIds)).map((row) => ({ ...row, value: row.value ?? undefined }));
}

/** Whether a value is there already, or may be kept apart as one more. */
function roomFor(db: Database): (call: Call, value: string) => boolean {
  const there = db.prepare<unknown[], number>(`SELECT 1 FROM argument WHERE ${KEY} AND value = @value`).pluck();
  const values = db
    .prepare<unknown[], number>(`SELECT count(*) FROM argument WHERE ${KEY} AND value <> '${OTHER}'`)
    .pluck();
  return (call, value) => there.get({ ...call, value }) !== undefined || (values.get(call) ?? 0) < VALUES_MAX;
}

function upsert(db: Database, sum: string): (call: Call, value: string, count: number) => void {
  const put = db.prepare(`
    INSERT INTO argument (run_id, exe_id, arch_token, nr, code, trust, arg, value, count)
    VALUES (@runId, @exeId, @archToken, @nr, @code, @trust, @index, @value, @count)
    ON CONFLICT DO UPDATE SET count = ${sum}`);
  return (call, value, count) => {
    put.run({ ...call, value, count });
  };
}

/** Rows that differed only in a trust that is not believed are one. */
function folded(rows: readonly ExchangeArgument[]): Iterable<ExchangeArgument> {
  const sums = new Map<string, ExchangeArgument>();
  for (const row of rows) {
    const key = JSON.stringify({ ...row, run: 0, count: 0 });
    const sum = sums.get(key);
    sums.set(key, sum ? { ...sum, count: sum.count + row.count } : row);
  }
  return sums.values();
}
