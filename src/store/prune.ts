import type { Database } from 'better-sqlite3';
import { SILENCE_MS } from '../observe/inferred-runs.ts';
import type { RunAge } from '../observe/retention.ts';
import { HITS } from './read-runs.ts';
import type { Pruned, PrunePlan, Store } from './store.ts';

/** From the first to the last that is known of a run. */
const FIRST = 'min(started_ms, ifnull((SELECT min(first_ms) FROM tally WHERE tally.run_id = run.run_id), started_ms))';
const LAST = `max(started_ms, ifnull(ended_ms, started_ms),
  ifnull((SELECT max(last_ms) FROM tally WHERE tally.run_id = run.run_id), started_ms),
  ifnull((SELECT last_ms FROM process WHERE process.run_id = run.run_id), started_ms))`;

interface AgeRow extends Omit<RunAge, 'name' | 'argv0' | 'bootId' | 'ended' | 'complete' | 'forgeable'> {
  readonly name: string | null;
  readonly argv0: string | null;
  readonly bootId: string | null;
  readonly ended: number;
  readonly complete: number;
  readonly forgeable: number;
}

/** The calls of the port that make room. */
export function pruneIn(db: Database): Pick<Store, 'runAges' | 'prune' | 'vacuum'> {
  const ages = db.prepare<[], AgeRow>(`
    SELECT run_id AS id, path AS exe, argv ->> 0 AS argv0, name, kind, stage, mode, boot_id AS bootId,
      started_ms AS startedMs, ended_ms IS NOT NULL AS ended, ifnull(complete, 0) AS complete, ${LAST} AS lastMs,
      NOT EXISTS (SELECT 1 FROM tally WHERE tally.run_id = run.run_id AND trust <> 'forgeable') AS forgeable
    FROM run JOIN program USING (program_id) JOIN exe USING (exe_id)`);
  const prune = db.transaction((plan: PrunePlan) => {
    const pruned = remove(db, plan);
    if (plan.dryRun) throw new Undone(pruned);
    return pruned;
  });
  return {
    runAges: () => ages.all().map(ageOf),
    prune: (plan) => undone(() => prune.immediate(plan)),
    vacuum: () => {
      db.exec('VACUUM');
      db.pragma('wal_checkpoint(TRUNCATE)');
    },
  };
}

/** Takes the transaction back, and the figures out of it. */
class Undone extends Error {
  readonly pruned: Pruned;

  constructor(pruned: Pruned) {
    super('dry run');
    this.pruned = pruned;
  }
}

function undone(work: () => Pruned): Pruned {
  try {
    return work();
  } catch (error) {
    if (error instanceof Undone) return error.pruned;
    throw error;
  }
}

/**
 * A span of events goes only where no run is left that counted them, or that they could join if an old log were imported
 * again (src/observe/inferred-runs.ts: an hour of silence); a loss that was imported, where no run is left that it may have hit.
 */
const SEEN = `
  DELETE FROM seen WHERE at_ms < ? AND NOT EXISTS (
    SELECT 1 FROM temp.kept WHERE (kept.host_id = seen.host_id OR kept.host_id IS NULL) AND at_ms BETWEEN first_ms - ${SILENCE_MS} AND last_ms + ${SILENCE_MS})`;
const LOSSES = `
  DELETE FROM loss WHERE run_id IS NULL AND ifnull(to_ms, from_ms) < ? AND NOT EXISTS (
    SELECT 1 FROM process WHERE process.host_id = loss.host_id AND ${HITS})`;

function remove(db: Database, { runIds, beforeMs, accesses: old }: PrunePlan): Pruned {
  const count = (sql: string, ...values: unknown[]): number => db.prepare(sql).run(...values).changes;
  const ids = JSON.stringify(runIds);
  const records = db
    .prepare<[string], number>(
      'SELECT ifnull(sum(count), 0) FROM tally WHERE run_id IN (SELECT value FROM json_each(?))',
    )
    .pluck()
    .get(ids);
  const runs = count('DELETE FROM run WHERE run_id IN (SELECT value FROM json_each(?))', ids);
  db.exec('DROP TABLE IF EXISTS temp.kept');
  db.exec('CREATE TEMP TABLE kept (host_id INTEGER, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL)');
  count(
    `INSERT INTO temp.kept SELECT host_id, first, ${LAST} FROM (SELECT *, ${FIRST} AS first FROM run) AS run WHERE first - ${SILENCE_MS} < ?`,
    beforeMs,
  );
  db.exec('CREATE INDEX temp.kept_host ON kept (host_id, first_ms)');
  const spans = count(SEEN, beforeMs);
  db.exec('DROP TABLE temp.kept');
  const losses = count(LOSSES, beforeMs);
  const accesses = old ? removeAccesses(db, beforeMs) : 0;
  const programs = count('DELETE FROM program WHERE program_id NOT IN (SELECT program_id FROM run)');
  count('DELETE FROM module WHERE module_id NOT IN (SELECT module_id FROM origin)');
  const exes = count(`DELETE FROM exe WHERE exe_id NOT IN (SELECT exe_id FROM program)
    AND NOT EXISTS (SELECT 1 FROM tally WHERE tally.exe_id = exe.exe_id)
    AND NOT EXISTS (SELECT 1 FROM argument WHERE argument.exe_id = exe.exe_id)
    AND NOT EXISTS (SELECT 1 FROM manual WHERE manual.exe_id = exe.exe_id)`);
  count(`DELETE FROM host WHERE NOT EXISTS (SELECT 1 FROM run WHERE run.host_id = host.host_id)
    AND NOT EXISTS (SELECT 1 FROM process WHERE process.host_id = host.host_id)
    AND NOT EXISTS (SELECT 1 FROM loss WHERE loss.host_id = host.host_id)
    AND NOT EXISTS (SELECT 1 FROM access WHERE access.host_id = host.host_id)
    AND NOT EXISTS (SELECT 1 FROM seen WHERE seen.host_id = host.host_id)`);
  return { runs, records: records ?? 0, losses, accesses, spans, programs, exes };
}

/** An access goes with all its events, so that what stays counts no old one again. */
function removeAccesses(db: Database, beforeMs: number): number {
  const records = db.prepare<[number], number>('SELECT ifnull(sum(count), 0) FROM access WHERE last_ms < ?').pluck();
  const gone = records.get(beforeMs) ?? 0;
  db.prepare('DELETE FROM access WHERE last_ms < ?').run(beforeMs);
  return gone;
}

function ageOf({ name, argv0, bootId, ended, complete, forgeable, ...row }: AgeRow): RunAge {
  return {
    ...row,
    name: name ?? undefined,
    argv0: argv0 ?? undefined,
    bootId: bootId ?? undefined,
    ended: ended === 1,
    complete: complete === 1,
    forgeable: forgeable === 1,
  };
}
