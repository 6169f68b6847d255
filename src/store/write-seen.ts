import type { Database } from 'better-sqlite3';
import type { SeenSpan } from '../observe/seen.ts';
import { hostIds } from './ids.ts';

/** A span with its host's id in place of the name. */
type Row = Omit<SeenSpan, 'host'> & { readonly hostId: number };

interface Serials {
  readonly from: number;
  readonly to: number;
}

const LAYER = 'host_id = @hostId AND at_ms = @atMs AND trust = @trust AND type = @type';
const OVERLAPS = 'serial_from <= @serialTo AND serial_to >= @serialFrom';

/** What an observer saw: a new span takes the place of those that it was merged from (src/observe/seen.ts). */
export function appendSeen(db: Database): (spans: readonly SeenSpan[]) => void {
  const hostId = hostIds(db);
  const replace = replacer(db);
  const claim = claimer(db);
  return (spans) => {
    const ids = new Map<string, number>();
    for (const { host, ...span } of spans) {
      let id = ids.get(host);
      if (id === undefined) ids.set(host, (id = hostId(host)));
      const row = { ...span, hostId: id };
      replace(row);
      claim(row);
    }
  };
}

/** What another database saw: as one with the spans that it touches, without what is known of a boot already. */
export function mergeSeen(db: Database): (span: SeenSpan) => void {
  const hostId = hostIds(db);
  const replace = replacer(db);
  const claim = claimer(db);
  const claimed = db.prepare<unknown[], Serials>(`
    SELECT serial_from AS "from", serial_to AS "to" FROM seen WHERE ${LAYER} AND boot_id <> '' AND ${OVERLAPS}
    ORDER BY serial_from`);
  const touched = db.prepare<unknown[], { from: number | null; to: number | null }>(`
    SELECT min(serial_from) AS "from", max(serial_to) AS "to" FROM seen
    WHERE ${LAYER} AND boot_id = @bootId AND serial_from <= @serialTo + 1 AND serial_to >= @serialFrom - 1`);
  return ({ host, ...span }) => {
    const row = { ...span, hostId: hostId(host) };
    const parts = row.bootId === '' ? without(row, claimed.all(row)) : [{ from: row.serialFrom, to: row.serialTo }];
    for (const { from, to } of parts) {
      const part = { ...row, serialFrom: from, serialTo: to };
      const met = touched.get(part);
      replace({ ...part, serialFrom: Math.min(from, met?.from ?? from), serialTo: Math.max(to, met?.to ?? to) });
    }
    claim(row);
  };
}

function replacer(db: Database): (row: Row) => void {
  const absorb = db.prepare(
    'DELETE FROM seen WHERE host_id = ? AND at_ms = ? AND trust = ? AND type = ? AND boot_id = ? AND serial_from BETWEEN ? AND ?',
  );
  const add = db.prepare(
    'INSERT OR REPLACE INTO seen (host_id, at_ms, trust, type, boot_id, serial_from, serial_to) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  return ({ hostId, atMs, trust, type, bootId, serialFrom, serialTo }) => {
    // One serial alone was merged from nothing: where audit rules number events in between, most are.
    if (serialTo > serialFrom) absorb.run(hostId, atMs, trust, type, bootId, serialFrom, serialTo);
    add.run(hostId, atMs, trust, type, bootId, serialFrom, serialTo);
  };
}

/** What a boot is known of is not kept without one any more. */
function claimer(db: Database): (row: Row) => void {
  const met = db.prepare<unknown[], Serials>(
    `SELECT serial_from AS "from", serial_to AS "to" FROM seen WHERE ${LAYER} AND boot_id = '' AND ${OVERLAPS}`,
  );
  const remove = db.prepare(`DELETE FROM seen WHERE ${LAYER} AND boot_id = '' AND ${OVERLAPS}`);
  const replace = replacer(db);
  return (row) => {
    if (row.bootId === '') return;
    const unknown = met.all(row);
    if (unknown.length === 0) return;
    remove.run(row);
    for (const { from, to } of unknown) {
      const rest = without({ serialFrom: from, serialTo: to }, [{ from: row.serialFrom, to: row.serialTo }]);
      for (const part of rest) replace({ ...row, bootId: '', serialFrom: part.from, serialTo: part.to });
    }
  };
}

/** What is left of a span where others, in ascending order, are taken out of it. */
function without({ serialFrom, serialTo }: Pick<Row, 'serialFrom' | 'serialTo'>, taken: readonly Serials[]): Serials[] {
  const rest: Serials[] = [];
  let next = serialFrom;
  for (const { from, to } of taken) {
    if (from > next) rest.push({ from: next, to: from - 1 });
    next = Math.max(next, to + 1);
  }
  return next <= serialTo ? [...rest, { from: next, to: serialTo }] : rest;
}
