import type { Database } from 'better-sqlite3';
import type { ProcessState, SeenSpan, SourceCursor, Store } from './store.ts';

interface ProcessRow extends Omit<ProcessState, 'bootId' | 'mayExec' | 'exit' | 'forgeable'> {
  readonly bootId: string | null;
  readonly mayExec: number;
  readonly forgeable: number;
  readonly exitMs: number | null;
  readonly exitSerial: number | null;
}

/**
 * The kernel stamps with its tick, which may lie up to 10 ms (CONFIG_HZ=100) before the observer's clock. An observer that
 * was killed left no end: its session is then taken as over after an hour of silence, as a reboot gives numbers again.
 */
const OBSERVED = `
  SELECT run_id FROM run_session JOIN run USING (run_id) JOIN host USING (host_id)
  WHERE run_session.ses = ? AND host.name = ? AND kind = 'observed' AND started_ms - 10 <= ?
    AND coalesce(ended_ms, 3600000 + (SELECT max(last_ms) FROM tally WHERE tally.run_id = run.run_id), 3600000 + started_ms) >= ?
  ORDER BY started_ms DESC, run_id DESC LIMIT 1`;

/** What an import asks for: what was seen, whose run a record belongs to, and how far the sources were read. */
export function readSeen(db: Database): Pick<Store, 'seenAt' | 'processes' | 'isObserved' | 'observedRun' | 'sources'> {
  const seen = db.prepare<unknown[], SeenSpan>(`
    SELECT name AS host, trust, type, boot_id AS bootId, at_ms AS atMs, serial_from AS serialFrom, serial_to AS serialTo
    FROM host JOIN seen USING (host_id) WHERE name = ? AND at_ms = ?`);
  const processes = db.prepare<unknown[], ProcessRow>(`
    SELECT run_id AS runId, name AS host, ses, pid, boot_id AS bootId, last_exe AS lastExe, may_exec AS mayExec,
      first_ms AS firstMs, last_ms AS lastMs, exit_ms AS exitMs, exit_serial AS exitSerial,
      NOT EXISTS (SELECT 1 FROM tally WHERE tally.run_id = process.run_id AND trust <> 'forgeable') AS forgeable
    FROM host JOIN process USING (host_id)
    WHERE name = ? AND pid = ? AND ses = ? AND last_ms >= ? AND first_ms <= ? ORDER BY last_ms DESC, run_id DESC LIMIT 64`);
  const observed = db.prepare<unknown[], number>(OBSERVED).pluck();
  const isObserved = db
    .prepare<unknown[], number>(
      "SELECT EXISTS (SELECT 1 FROM run_session JOIN run USING (run_id) WHERE run_session.ses = ? AND kind = 'observed')",
    )
    .pluck();
  const sources = db.prepare<[], SourceCursor>(`
    SELECT source, carrier, trust, cursor, records, rejected, duplicates, at_ms AS atMs
    FROM source ORDER BY at_ms DESC, source`);
  return {
    seenAt: (host, atMs) => seen.all(host, atMs),
    processes: ({ host, pid, ses }, atMs, withinMs) =>
      processes.all(host, pid, ses, atMs - withinMs, atMs + withinMs).map(processOf),
    isObserved: (ses) => isObserved.get(ses) === 1,
    observedRun: (host, ses, atMs) => observed.get(ses, host, atMs, atMs),
    sources: () => sources.all(),
  };
}

function processOf({ exitMs, exitSerial, ...row }: ProcessRow): ProcessState {
  const exit = exitMs === null || exitSerial === null ? undefined : { atMs: exitMs, serial: exitSerial };
  return { ...row, bootId: row.bootId ?? undefined, mayExec: row.mayExec === 1, forgeable: row.forgeable === 1, exit };
}
