import type { Database } from 'better-sqlite3';
import { type ExchangeAccess, type ExchangeRow, type ExchangeRun, SIGHTINGS_MAX } from './exchange.ts';

type Row<Kind extends ExchangeRow['row']> = Omit<Extract<ExchangeRow, { row: Kind }>, 'row'>;

/** A run as SQL gives it: booleans are numbers, lists and the process JSON text. */
interface RunRow extends Omit<ExchangeRun, 'row' | 'argv' | 'complete' | 'sessions' | 'process'> {
  readonly argv: string;
  readonly complete: number | null;
  readonly sessions: string;
  readonly process: string | null;
}

interface AccessRow extends Omit<ExchangeAccess, 'row' | 'access' | 'seen'> {
  readonly id: number;
  readonly fields: string;
}

const RUNS = `
  SELECT run_id AS id, kind, stage, mode, run.name, path AS exe, argv, build_id AS buildId, sha256, host.name AS host,
    boot_id AS bootId, ses, pid, uid, kernel, libc, started_ms AS startedMs, stdout, ended_ms AS endedMs, complete, why,
    exit_code AS exitCode, exit_signal AS exitSignal, new_calls AS newCalls,
    (SELECT json_group_array(run_session.ses) FROM run_session WHERE run_session.run_id = run.run_id) AS sessions,
    (SELECT json_object('host', of.name, 'ses', ses, 'pid', pid, 'bootId', boot_id, 'lastExe', last_exe,
        'mayExec', json(iif(may_exec, 'true', 'false')), 'firstMs', first_ms, 'lastMs', last_ms, 'exitMs', exit_ms,
        'exitSerial', exit_serial)
      FROM process JOIN host AS of USING (host_id) WHERE process.run_id = run.run_id) AS process
  FROM run JOIN program USING (program_id) JOIN exe USING (exe_id) LEFT JOIN host USING (host_id) ORDER BY run_id`;
const TALLIES = `
  SELECT run_id AS run, path AS exe, arch_token AS archToken, nr, code, trust, count, first_ms AS firstMs,
    last_ms AS lastMs, sample_serial AS sampleSerial, sample_ip AS sampleIp
  FROM tally JOIN exe USING (exe_id) WHERE run_id = ? ORDER BY path, arch_token, nr, code, trust`;
const ARGUMENTS = `
  SELECT run_id AS run, path AS exe, arch_token AS archToken, nr, code, trust, arg AS "index",
    nullif(argument.value, '') AS value, count
  FROM argument JOIN exe USING (exe_id) WHERE run_id = ? ORDER BY path, arch_token, nr, code, trust, arg, argument.value`;
const LOSSES = `
  SELECT run_id AS run, name AS host, reason, certainty, count, text, from_ms AS fromMs, to_ms AS toMs,
    after_serial AS afterSerial, before_serial AS beforeSerial, ordinal, trust
  FROM loss LEFT JOIN host USING (host_id) WHERE run_id IS ? ORDER BY loss_id`;
const ORIGINS = `
  SELECT run_id AS run, exe.path AS exe, arch_token AS archToken, nr, sample_ip AS sampleIp, module.path AS module,
    module.build_id AS buildId, file_offset AS fileOffset
  FROM origin JOIN exe USING (exe_id) JOIN module USING (module_id)
  WHERE run_id = ? ORDER BY exe.path, arch_token, nr, sample_ip`;
const SEEN = `
  SELECT name AS host, at_ms AS atMs, trust, type, nullif(boot_id, '') AS bootId, serial_from AS serialFrom, serial_to AS serialTo
  FROM seen JOIN host USING (host_id) ORDER BY name, at_ms, trust, type, boot_id, serial_from`;
const ACCESSES = `
  SELECT access_id AS id, name AS host, namespace, profile, fields, verdict, trust
  FROM access JOIN host USING (host_id) ORDER BY name, namespace, profile, class, fields, verdict, trust`;
const SIGHTINGS = 'SELECT at_ms, serial FROM access_seen WHERE access_id = ? ORDER BY at_ms, serial';
const MANUAL = `
  SELECT path AS exe, nullif(stage, '') AS stage, call, verdict, who, uid, at_ms AS atMs, why
  FROM manual JOIN exe USING (exe_id) ORDER BY path, call, stage`;
const SOURCES =
  'SELECT source, carrier, trust, records, rejected, duplicates, at_ms AS atMs FROM source ORDER BY source';

/** All that is stored as it is at one moment, in the order of exchange.ts, a row at a time. */
export function readAll(db: Database): () => Generator<ExchangeRow> {
  const runs = db.prepare<[], RunRow>(RUNS);
  const tallies = db.prepare<[number], Row<'tally'>>(TALLIES);
  const args = db.prepare<[number], Row<'argument'>>(ARGUMENTS);
  const losses = db.prepare<[number | null], Row<'loss'>>(LOSSES);
  const origins = db.prepare<[number], Row<'origin'>>(ORIGINS);
  const seen = db.prepare<[], Row<'seen'>>(SEEN);
  const accesses = db.prepare<[], AccessRow>(ACCESSES);
  const sightings = db.prepare<[number], [number, number]>(SIGHTINGS).raw();
  const manual = db.prepare<[], Row<'manual'>>(MANUAL);
  const sources = db.prepare<[], Row<'source'>>(SOURCES);
  return function* rows() {
    db.exec('BEGIN');
    try {
      for (const run of runs.iterate()) {
        yield runOf(run);
        for (const tally of tallies.iterate(run.id)) yield { row: 'tally', ...tally };
        for (const argument of args.iterate(run.id)) yield { row: 'argument', ...argument };
        for (const loss of losses.iterate(run.id)) yield { row: 'loss', ...loss };
        for (const origin of origins.iterate(run.id)) yield { row: 'origin', ...origin };
      }
      for (const loss of losses.iterate(null)) yield { row: 'loss', ...loss };
      for (const span of seen.iterate()) yield { row: 'seen', ...span };
      for (const access of accesses.iterate()) yield* accessRows(access, sightings.iterate(access.id));
      for (const word of manual.iterate()) yield { row: 'manual', ...word };
      for (const source of sources.iterate()) yield { row: 'source', ...source };
    } finally {
      db.exec('ROLLBACK');
    }
  };
}

/** An access with its events, as many rows as they take. */
function* accessRows(
  { id: _id, fields, ...row }: AccessRow,
  events: Iterable<[number, number]>,
): Generator<ExchangeAccess> {
  const access = JSON.parse(fields) as ExchangeAccess['access'];
  let seen: [number, number][] = [];
  for (const event of events) {
    seen.push(event);
    if (seen.length < SIGHTINGS_MAX) continue;
    yield { row: 'access', ...row, access, seen };
    seen = [];
  }
  if (seen.length > 0) yield { row: 'access', ...row, access, seen };
}

function runOf({ argv, complete, sessions, process, ...run }: RunRow): ExchangeRow {
  return {
    row: 'run',
    ...run,
    argv: JSON.parse(argv) as string[],
    complete: complete === null ? null : complete === 1,
    sessions: JSON.parse(sessions) as number[],
    process: process === null ? null : (JSON.parse(process) as ExchangeRun['process']),
  };
}
