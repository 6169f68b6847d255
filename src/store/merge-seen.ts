import type { Database } from 'better-sqlite3';
import type { ExchangeSeen } from './exchange.ts';
import { hostIds } from './ids.ts';

/** Puts a span in, as one with those that it touches: spans of one millisecond and trust never overlap (src/observe/seen.ts). */
export function mergeSeen(db: Database): (span: ExchangeSeen) => void {
  const hostId = hostIds(db);
  const KEY = 'host_id = @hostId AND at_ms = @atMs AND trust = @trust';
  const touched = db.prepare<unknown[], { from: number | null; to: number | null }>(`
    SELECT min(serial_from) AS "from", max(serial_to) AS "to" FROM seen
    WHERE ${KEY} AND serial_from <= @serialTo + 1 AND serial_to >= @serialFrom - 1`);
  const clear = db.prepare(`DELETE FROM seen WHERE ${KEY} AND serial_from BETWEEN @from AND @to`);
  const add = db.prepare(
    'INSERT INTO seen (host_id, at_ms, trust, serial_from, serial_to) VALUES (@hostId, @atMs, @trust, @from, @to)',
  );
  return ({ row: _row, ...span }) => {
    const key = { ...span, hostId: hostId(span.host) };
    const met = touched.get(key);
    const from = Math.min(span.serialFrom, met?.from ?? span.serialFrom);
    const to = Math.max(span.serialTo, met?.to ?? span.serialTo);
    clear.run({ ...key, from, to });
    add.run({ ...key, from, to });
  };
}
