import type { Database } from 'better-sqlite3';
import type { ExchangeManual } from './exchange.ts';
import { exeIds } from './ids.ts';

/** Of two words on one call a denial counts, whenever it was given; of two like ones the later. */
const UPSERT = `
  INSERT INTO manual (exe_id, stage, call, verdict, who, uid, at_ms, why)
  VALUES (@exeId, @stage, @call, @verdict, @who, @uid, @atMs, @why)
  ON CONFLICT DO UPDATE SET verdict = excluded.verdict, who = excluded.who, uid = excluded.uid, at_ms = excluded.at_ms, why = excluded.why
  WHERE (excluded.verdict = 'deny', excluded.at_ms) > (verdict = 'deny', at_ms)`;

/** Puts a person's word in; tells whether that changed anything. */
export function mergeManual(db: Database): (row: ExchangeManual) => boolean {
  const exeId = exeIds(db);
  const upsert = db.prepare(UPSERT);
  return ({ row: _row, exe, stage, ...told }) =>
    upsert.run({ ...told, stage: stage ?? '', exeId: exeId(exe) }).changes > 0;
}
