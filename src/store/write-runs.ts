import type { Database } from 'better-sqlite3';
import { exeIds, hostIds } from './ids.ts';
import type { NewRun, Store } from './store.ts';

/** The calls of the port that begin and end runs. */
export function writeRuns(db: Database): Pick<Store, 'beginRun' | 'addSession' | 'endRun'> {
  const addSession = db.prepare('INSERT OR IGNORE INTO run_session (run_id, ses) VALUES (?, ?)');
  const insertRun = runInserter(db);
  const end = db.prepare(`
    UPDATE run SET ended_ms = ?, complete = ?, why = ?, exit_code = ?, exit_signal = ?, new_calls = ? WHERE run_id = ?`);
  const begin = db.transaction((run: NewRun) => {
    const id = insertRun(run);
    if (run.ses !== undefined) addSession.run(id, run.ses);
    return id;
  });
  return {
    beginRun: (run) => begin.immediate(run),
    addSession: (runId, ses) => {
      addSession.run(runId, ses);
    },
    endRun: (runId, { endedMs, complete, why, exitCode, exitSignal, newCalls }) => {
      const values = [endedMs, complete ? 1 : 0, why ?? null, exitCode ?? null, exitSignal ?? null, newCalls ?? null];
      if (end.run(...values, runId).changes === 0) throw new Error(`there is no run ${runId} to end`);
    },
  };
}

function runInserter(db: Database): (run: NewRun) => number {
  const exeId = exeIds(db);
  const hostId = hostIds(db);
  const findProgram = db
    .prepare<unknown[], number>('SELECT program_id FROM program WHERE exe_id = ? AND build_id = ? AND sha256 = ?')
    .pluck();
  const addProgram = db
    .prepare<unknown[], number>('INSERT INTO program (exe_id, build_id, sha256) VALUES (?, ?, ?) RETURNING program_id')
    .pluck();
  const addRun = db
    .prepare<unknown[], number>(`
      INSERT INTO run
        (program_id, kind, stage, mode, name, argv, host_id, boot_id, ses, pid, uid, kernel, libc, started_ms, stdout)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING run_id`)
    .pluck();
  return (run) => {
    const program = [exeId(run.exe), run.buildId ?? '', run.sha256 ?? ''];
    const programId = findProgram.get(...program) ?? addProgram.get(...program);
    const where = [run.host === undefined ? null : hostId(run.host), run.bootId ?? null, run.ses ?? null];
    const what = [run.kind, run.stage, run.mode, run.name ?? null, JSON.stringify(run.argv)];
    const who = [
      run.pid ?? null,
      run.uid ?? null,
      run.kernel ?? null,
      run.libc ?? null,
      run.startedMs,
      run.stdout ?? null,
    ];
    return addRun.get(programId, ...what, ...where, ...who) as number;
  };
}
