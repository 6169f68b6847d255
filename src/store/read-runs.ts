import type { Database } from 'better-sqlite3';
import { readArguments } from './arguments.ts';
import { type RunRow, runOf, type TallyRow } from './rows.ts';
import type { RunLoss, RunQuery, Store } from './store.ts';

type Read = Pick<Store, 'runs' | 'tallies' | 'args' | 'losses' | 'exes' | 'invocations'>;

/** Whether a loss of an import may have hit a process of its host. */
export const HITS = `ifnull(to_ms, from_ms + 3600000) >= first_ms
  AND (ifnull(from_ms, to_ms - 3600000), ifnull(after_serial, -1)) < (ifnull(exit_ms, last_ms + 3600000), ifnull(exit_serial, 0))`;

/**
 * Losses by run. An import's loss belongs to every inferred run of its host that it may have hit: it ends after the
 * run's first record, and it begins before the run's exit, or, where no exit was seen, within the hour in which a
 * process's silence does not end it (src/observe/inferred-runs.ts). Where its log tells one side only, an hour stands for
 * the other.
 */
export const RUN_LOSS = `
  run_loss AS (
    SELECT run_id, loss_id FROM loss WHERE run_id IN (SELECT id FROM wanted)
    UNION ALL
    SELECT process.run_id, loss_id FROM loss JOIN process USING (host_id)
    WHERE loss.run_id IS NULL AND process.run_id IN (SELECT id FROM wanted)
      AND ${HITS}
  )`;

const WANTED = 'wanted (id) AS (SELECT value FROM json_each(@ids))';

const RUNS = `
  WITH wanted (id) AS MATERIALIZED (
    SELECT run_id FROM run JOIN program USING (program_id) JOIN exe USING (exe_id)
    WHERE (@exe IS NULL OR path = @exe) AND (@name IS NULL OR name = @name) AND (@stage IS NULL OR stage = @stage)
      AND (@kind IS NULL OR kind = @kind) AND (@ids IS NULL OR run_id IN (SELECT value FROM json_each(@ids)))
      AND (@tallyExe IS NULL OR run_id IN (
        SELECT run_id FROM tally JOIN exe USING (exe_id) WHERE path = @tallyExe))
    ORDER BY started_ms DESC, run_id DESC LIMIT @limit
  ), ${RUN_LOSS}, lost AS (
    SELECT run_loss.run_id, iif(count(*) > count(count), NULL, sum(count)) AS lost
    FROM run_loss JOIN loss USING (loss_id) GROUP BY run_loss.run_id
  ), counted AS (
    SELECT run_id, sum(count) AS records, count(DISTINCT arch_token || ' ' || nr) AS calls
    FROM tally WHERE run_id IN (SELECT id FROM wanted) GROUP BY run_id
  )
  SELECT run.*, path AS exe, build_id, sha256, host.name AS host,
    ifnull(records, 0) AS records, ifnull(calls, 0) AS calls, lost.run_id IS NOT NULL AS has_loss, lost,
    (SELECT json_group_array(run_session.ses) FROM run_session WHERE run_session.run_id = run.run_id) AS sessions
  FROM wanted JOIN run ON run.run_id = wanted.id JOIN program USING (program_id) JOIN exe USING (exe_id)
    LEFT JOIN host USING (host_id) LEFT JOIN counted USING (run_id) LEFT JOIN lost USING (run_id)
  ORDER BY started_ms DESC, run.run_id DESC`;

/** What suggest and runs ask for. */
export function readRuns(db: Database): Read {
  const runs = db.prepare<unknown[], RunRow>(RUNS);
  const tallies = db.prepare<unknown[], TallyRow>(`
    SELECT run_id AS runId, exe.path AS exe, arch_token AS archToken, nr, code, trust, count, first_ms AS firstMs,
      last_ms AS lastMs, sample_serial AS sampleSerial, sample_ip AS sampleIp
    FROM json_each(?) AS wanted JOIN tally ON run_id = wanted.value JOIN exe USING (exe_id)
    ORDER BY run_id DESC, exe.path, arch_token, nr, code, trust`);
  const losses = db.prepare<unknown[], Nullable<RunLoss>>(`
    WITH ${WANTED}, ${RUN_LOSS}
    SELECT run_id AS runId, reason, certainty, count, text, from_ms AS fromMs, to_ms AS toMs
    FROM loss WHERE loss_id IN (SELECT loss_id FROM run_loss) ORDER BY loss_id DESC`);
  const exes = db.prepare<[], string>('SELECT path FROM exe ORDER BY path').pluck();
  const invocations = db.prepare<[], { exe: string; argv0: string | null }>(`
    SELECT DISTINCT path AS exe, argv ->> 0 AS argv0
    FROM run JOIN program USING (program_id) JOIN exe USING (exe_id) ORDER BY path, argv0`);
  return {
    runs: (query) => runs.all(parametersOf(query)).map(runOf),
    tallies: (runIds) => tallies.all(JSON.stringify(runIds)),
    args: readArguments(db),
    losses: (runIds) => losses.all({ ids: JSON.stringify(runIds) }).map(lossOf),
    exes: () => exes.all(),
    invocations: () => invocations.all().map(({ exe, argv0 }) => ({ exe, argv0: argv0 ?? undefined })),
  };
}

type Nullable<Row> = { readonly [Key in keyof Row]: Exclude<Row[Key], undefined> | null };

function lossOf(row: Nullable<RunLoss>): RunLoss {
  const { runId, fromMs, toMs, count, ...told } = row as RunLoss;
  return {
    ...told,
    runId: runId ?? undefined,
    fromMs: fromMs ?? undefined,
    toMs: toMs ?? undefined,
    count: count ?? undefined,
  };
}

function parametersOf({ ids, exe, tallyExe, name, stage, kind, limit }: RunQuery) {
  return {
    ids: ids ? JSON.stringify(ids) : null,
    exe: exe ?? null,
    tallyExe: tallyExe ?? null,
    name: name ?? null,
    stage: stage ?? null,
    kind: kind ?? null,
    limit: limit ?? -1,
  };
}
