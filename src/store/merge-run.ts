import type { Database } from 'better-sqlite3';
import type { Trust } from '../record/trust.ts';
import type { ExchangeRun } from './exchange.ts';
import { exeIds, hostIds } from './ids.ts';

export interface MergedRun {
  readonly id: number;
  readonly isNew: boolean;
}

/** All that is known of a run at its beginning. Two runs that are alike in it are one, unless one database has both. */
const SAME = `
  SELECT run_id FROM run
  WHERE started_ms = @startedMs AND kind = @kind AND stage = @stage AND mode = @mode AND name IS @name AND argv = @argv
    AND host_id IS @hostId AND boot_id IS @bootId AND ses IS @ses AND pid IS @pid AND uid IS @uid
    AND program_id = (SELECT program_id FROM program WHERE exe_id = @exeId AND build_id = @buildId AND sha256 = @sha256)
    AND run_id NOT IN (SELECT run_id FROM temp.claimed)
  ORDER BY run_id LIMIT 1`;
const ADD = `
  INSERT INTO run (program_id, kind, stage, mode, name, argv, host_id, boot_id, ses, pid, uid, kernel, libc, started_ms, stdout)
  VALUES ((SELECT program_id FROM program WHERE exe_id = @exeId AND build_id = @buildId AND sha256 = @sha256),
    @kind, @stage, @mode, @name, @argv, @hostId, @bootId, @ses, @pid, @uid, @kernel, @libc, @startedMs, @stdout)
  RETURNING run_id`;
/** An end that is known stays. */
const END = `
  UPDATE run SET ended_ms = @endedMs, complete = @complete, why = @why, exit_code = @exitCode, exit_signal = @exitSignal,
    new_calls = @newCalls
  WHERE run_id = @id AND ended_ms IS NULL`;
/** What was seen of a process until later counts. */
const PROCESS = `
  INSERT INTO process (run_id, host_id, ses, pid, boot_id, last_exe, may_exec, first_ms, last_ms, exit_ms, exit_serial)
  VALUES (@id, @hostId, @ses, @pid, @bootId, @lastExe, @mayExec, @firstMs, @lastMs, @exitMs, @exitSerial)
  ON CONFLICT (run_id) DO UPDATE SET
    boot_id = ifnull(boot_id, excluded.boot_id), first_ms = min(first_ms, excluded.first_ms),
    last_exe = iif(excluded.last_ms > last_ms, excluded.last_exe, last_exe),
    may_exec = iif(excluded.last_ms > last_ms, excluded.may_exec, may_exec),
    exit_ms = ifnull(exit_ms, excluded.exit_ms),
    exit_serial = ifnull(exit_serial, excluded.exit_serial),
    last_ms = max(last_ms, excluded.last_ms)`;

/** Puts a run in, or finds it. What may be forged is taken for no more than a log tells, and ends and moves nothing. */
export function mergeRuns(db: Database, atMost: Trust): (run: ExchangeRun) => MergedRun {
  const exeId = exeIds(db);
  const hostId = hostIds(db);
  const program = db.prepare(
    'INSERT OR IGNORE INTO program (exe_id, build_id, sha256) VALUES (@exeId, @buildId, @sha256)',
  );
  const same = db.prepare<unknown[], number>(SAME).pluck();
  const add = db.prepare<unknown[], number>(ADD).pluck();
  const claim = db.prepare('INSERT INTO temp.claimed VALUES (?)');
  const addSession = db.prepare('INSERT OR IGNORE INTO run_session (run_id, ses) VALUES (?, ?)');
  const end = db.prepare(END);
  const putProcess = db.prepare(PROCESS);
  return (given) => {
    const run = atMost === 'forgeable' ? asFromLog(given) : given;
    const { process, sessions, argv, complete, ...fields } = run;
    const row = {
      ...fields,
      complete: complete === null ? null : Number(complete),
      argv: JSON.stringify(argv),
      exeId: exeId(run.exe),
      hostId: run.host === null ? null : hostId(run.host),
    };
    program.run(row);
    const known = same.get(row);
    const id = known ?? add.get(row);
    if (id === undefined) throw new Error('a run that was added has no id');
    claim.run(id);
    for (const ses of sessions) addSession.run(id, ses);
    if (run.endedMs !== null) end.run({ ...row, id });
    if (process && (known === undefined || atMost !== 'forgeable')) {
      putProcess.run({ ...process, id, hostId: hostId(process.host), mayExec: process.mayExec ? 1 : 0 });
    }
    return { id, isNew: known === undefined };
  };
}

/**
 * An observed run takes in every record of its sessions (read-seen.ts), and its stage and end are believed: a forged one
 * would draw another program's calls into the list of the one that it names.
 */
function asFromLog(run: ExchangeRun): ExchangeRun {
  const end = { endedMs: null, complete: null, why: null, exitCode: null, exitSignal: null, newCalls: null };
  return { ...run, ...end, kind: 'inferred', stage: 'unknown', mode: 'full', sessions: [] };
}
