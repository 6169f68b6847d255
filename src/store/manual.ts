import type { Database } from 'better-sqlite3';
import type { Decision } from '../profile/decision.ts';
import { exeIds } from './ids.ts';
import type { Store } from './store.ts';

interface Row extends Omit<Decision, 'stage'> {
  readonly stage: Decision['stage'] | '';
}

/** The calls of the port that keep what people said. */
export function manualIn(db: Database): Pick<Store, 'decisions' | 'decide' | 'withdraw'> {
  const exeId = exeIds(db);
  const all = db.prepare<[], Row>(`
    SELECT path AS exe, stage, call, verdict, who, uid, at_ms AS atMs, why
    FROM manual JOIN exe USING (exe_id) ORDER BY path, call, stage`);
  const put = db.prepare(`
    INSERT OR REPLACE INTO manual (exe_id, stage, call, verdict, who, uid, at_ms, why)
    VALUES (@exeId, @stage, @call, @verdict, @who, @uid, @atMs, @why)`);
  const remove = db.prepare(
    'DELETE FROM manual WHERE exe_id = @exeId AND stage = @stage AND call = @call AND verdict = @verdict',
  );
  const each = (decisions: readonly Decision[], work: (row: object) => number): number =>
    decisions.reduce((sum, one) => sum + work({ ...one, stage: one.stage ?? '', exeId: exeId(one.exe) }), 0);
  const decide = db.transaction((decisions: readonly Decision[]) => each(decisions, (row) => put.run(row).changes));
  const withdraw = db.transaction((decisions: readonly Decision[]) =>
    each(decisions, (row) => remove.run(row).changes),
  );
  return {
    decisions: () => all.all().map(({ stage, ...row }) => ({ ...row, stage: stage === '' ? undefined : stage })),
    decide: (decisions) => void decide.immediate(decisions),
    withdraw: (decisions) => withdraw.immediate(decisions),
  };
}
