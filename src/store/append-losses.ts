import type { Database } from 'better-sqlite3';
import type { IdOf } from './ids.ts';
import type { Batch, ImportedLoss } from './store.ts';

type AnyLoss = Batch['losses'][number];

/**
 * Stores losses. A run's own loss is added as it comes. An import's has no serial of its own: the events before and
 * after it tell whether it is stored already (either one, as a file may begin after the first or end before the second), from a
 * source of the same trust.
 */
export function appendLosses(db: Database, hostId: IdOf): (losses: Batch['losses']) => void {
  const known = db
    .prepare(`
    SELECT loss_id FROM loss
    WHERE run_id IS NULL AND host_id = @host AND reason = @reason AND ordinal = @ordinal AND trust IS @trust
      AND ((from_ms = @fromMs AND after_serial = @afterSerial) OR (to_ms = @toMs AND before_serial = @beforeSerial))`)
    .pluck();
  const add = db.prepare(`
    INSERT INTO loss (run_id, host_id, reason, certainty, count, text, from_ms, to_ms, after_serial, before_serial, ordinal, trust)
    VALUES (@runId, @host, @reason, @certainty, @count, @text, @fromMs, @toMs, @afterSerial, @beforeSerial, @ordinal, @trust)`);
  const complete = db.prepare(`
    UPDATE loss SET
      from_ms = ifnull(from_ms, @fromMs), after_serial = ifnull(after_serial, @afterSerial),
      to_ms = ifnull(to_ms, @toMs), before_serial = ifnull(before_serial, @beforeSerial),
      count = iif(@count < count, @count, count)
    WHERE loss_id = @id`);
  return (losses) => {
    for (const loss of losses) {
      const row = rowOf(loss, isImported(loss) ? hostId(loss.host) : null);
      const id = isImported(loss) ? known.get(row) : undefined;
      if (id === undefined) add.run(row);
      else complete.run({ ...row, id });
    }
  };
}

/**
 * An imported loss with both neighbours is a span of serials that no record bore. Those that another log brought are not
 * missing any more, if it is worth as much as the one that lacks them: anybody can forge a line that fills a hole. Spans of
 * different trust or boot may cover one serial twice, so that the best single one is what counts; forgeable lines hide no loss.
 */
const SETTLE = `
  UPDATE loss SET count = max(0, min(count, before_serial - after_serial - 1 - (
    SELECT ifnull(max(covered), 0) FROM (
      SELECT sum(iif(boot = '', serials, 0)) + max(iif(boot = '', 0, serials)) AS covered
      FROM (
        SELECT seen.trust AS worth, seen.boot_id AS boot,
          sum(min(serial_to, before_serial - 1) - max(serial_from, after_serial + 1) + 1) AS serials
        FROM seen
        WHERE type = 1326 AND seen.trust <> 'forgeable' AND seen.host_id = loss.host_id AND at_ms BETWEEN from_ms AND to_ms
          AND serial_from < before_serial AND serial_to > after_serial
          AND (loss.trust IS NULL OR loss.trust = 'forgeable' OR seen.trust = 'kernel' OR seen.trust = loss.trust)
        GROUP BY worth, boot)
      GROUP BY worth)
  )))
  WHERE run_id IS NULL AND certainty = 'at-most' AND before_serial > after_serial
    AND reason IN ('serial-gap', 'suppressed', 'kmsg-gap', 'journal-missed', 'carrier-restart')
    AND host_id = (SELECT host_id FROM host WHERE name = ?) AND to_ms >= ? AND from_ms <= ?`;

/** Lowers imported losses by what has been seen since; those that nothing is left of go. */
export function settleLosses(db: Database): (host: string, fromMs: number, toMs: number) => void {
  const settle = db.prepare(SETTLE);
  const clear = db.prepare('DELETE FROM loss WHERE run_id IS NULL AND count = 0');
  const both = db.transaction((host: string, fromMs: number, toMs: number) => {
    settle.run(host, fromMs, toMs);
    clear.run();
  });
  return (host, fromMs, toMs) => both.immediate(host, fromMs, toMs);
}

function isImported(loss: AnyLoss): loss is ImportedLoss {
  return 'host' in loss;
}

function rowOf(loss: AnyLoss, host: number | null) {
  const { reason, certainty, text } = loss;
  const place = isImported(loss) ? loss : undefined;
  return {
    runId: loss.runId ?? null,
    host,
    reason,
    certainty,
    count: loss.count ?? null,
    text,
    fromMs: loss.fromMs ?? null,
    toMs: loss.toMs ?? null,
    afterSerial: place?.afterSerial ?? null,
    beforeSerial: place?.beforeSerial ?? null,
    ordinal: place?.ordinal ?? 0,
    trust: place?.trust ?? null,
  };
}
