import type { Database } from 'better-sqlite3';
import { appendLosses } from './append-losses.ts';
import { appendArguments } from './arguments.ts';
import { exeIds, hostIds, type IdOf } from './ids.ts';
import { appendOrigins } from './origins.ts';
import type { Batch, ProcessState, SourceCursor } from './store.ts';
import { appendSeen } from './write-seen.ts';

/** Stores a batch: counts, losses, spans, processes and the cursor they came from, all or nothing. */
export function appendTo(db: Database): (batch: Batch) => void {
  const exeId = exeIds(db);
  const hostId = hostIds(db);
  const addTallies = appendTallies(db, exeId);
  const addArguments = appendArguments(db, exeId);
  const addLosses = appendLosses(db, hostId);
  const addSeen = appendSeen(db);
  const putProcess = upsertProcess(db, hostId);
  const putSource = upsertSource(db);
  const addOrigins = appendOrigins(db);
  const append = db.transaction((batch: Batch) => {
    addTallies(batch.tallies);
    addArguments(batch.args ?? []);
    addLosses(batch.losses);
    addSeen(batch.seen);
    for (const process of batch.processes ?? []) putProcess(process);
    if (batch.origins) addOrigins(batch.origins);
    if (batch.source) putSource(batch.source);
  });
  return (batch) => append.immediate(batch);
}

/** The sample is the first record's by (time, serial), so that the order of batches does not matter. */
function appendTallies(db: Database, exeId: IdOf): (tallies: Batch['tallies']) => void {
  const upsert = db.prepare(`
    INSERT INTO tally (run_id, exe_id, arch_token, nr, code, trust, count, first_ms, last_ms, sample_serial, sample_ip)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET
      count = count + excluded.count,
      last_ms = max(last_ms, excluded.last_ms),
      first_ms = min(first_ms, excluded.first_ms),
      sample_serial = iif((excluded.first_ms, excluded.sample_serial) < (first_ms, sample_serial), excluded.sample_serial, sample_serial),
      sample_ip = iif((excluded.first_ms, excluded.sample_serial) < (first_ms, sample_serial), excluded.sample_ip, sample_ip)`);
  return (tallies) => {
    const ids = new Map<string, number>();
    for (const tally of tallies) {
      let id = ids.get(tally.exe);
      if (id === undefined) ids.set(tally.exe, (id = exeId(tally.exe)));
      const { runId, archToken, nr, code, trust, count, firstMs, lastMs, sampleSerial, sampleIp } = tally;
      upsert.run(runId, id, archToken, nr, code, trust, count, firstMs, lastMs, sampleSerial, sampleIp);
    }
  };
}

function upsertProcess(db: Database, hostId: IdOf): (process: ProcessState) => void {
  const put = db.prepare(`
    INSERT OR REPLACE INTO process
      (run_id, host_id, ses, pid, boot_id, last_exe, may_exec, first_ms, last_ms, exit_ms, exit_serial)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  return ({ runId, host, ses, pid, bootId, lastExe, mayExec, firstMs, lastMs, exit }) => {
    const id = hostId(host);
    const values = [runId, id, ses, pid, bootId ?? null, lastExe, mayExec ? 1 : 0, firstMs, lastMs];
    put.run(...values, exit?.atMs ?? null, exit?.serial ?? null);
  };
}

function upsertSource(db: Database): (source: SourceCursor) => void {
  const put = db.prepare(`
    INSERT OR REPLACE INTO source (source, carrier, trust, cursor, records, rejected, duplicates, at_ms)
    VALUES (@source, @carrier, @trust, @cursor, @records, @rejected, @duplicates, @atMs)`);
  return (source) => {
    put.run(source);
  };
}
