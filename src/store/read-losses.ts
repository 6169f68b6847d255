import type { Database } from 'better-sqlite3';
import { HITS, RUN_LOSS } from './read-runs.ts';
import type { LossQuery, Store, StoredLoss } from './store.ts';

/** So many programs of a loss are named. */
const EXES = 3;

const WANTED = `
  WITH wanted (id) AS (SELECT value FROM json_each(@ids)), ${RUN_LOSS}, chosen AS (
    SELECT * FROM loss WHERE @ids IS NULL OR loss_id IN (SELECT loss_id FROM run_loss)
  )`;

/** The runs of one loss: its own, or every inferred run of its host that it may have hit. */
const TOUCHED = `
  WITH touched (run_id) AS (
    SELECT run_id FROM loss WHERE loss_id = @id AND run_id IS NOT NULL
    UNION ALL
    SELECT process.run_id FROM loss JOIN process USING (host_id)
    WHERE loss_id = @id AND loss.run_id IS NULL AND ${HITS}
  )`;

const OF_RUNS = 'touched JOIN run USING (run_id) JOIN program USING (program_id)';

/** What `status --losses` asks for. */
export function readLosses(db: Database): Pick<Store, 'ledger'> {
  const count = db.prepare<unknown[], number>(`${WANTED} SELECT count(*) FROM chosen`).pluck();
  const losses = db.prepare<unknown[], LossRow>(`${WANTED}
    SELECT loss_id AS id, reason, certainty, count, text, from_ms AS fromMs, to_ms AS toMs, trust, host.name AS host
    FROM chosen LEFT JOIN host USING (host_id)
    ORDER BY ifnull(to_ms, ifnull(from_ms, 0)) DESC, loss_id DESC LIMIT @limit`);
  const runs = db.prepare<unknown[], RunsRow>(`${TOUCHED}
    SELECT count(*) AS count, min(run_id) AS first, max(run_id) AS last, count(DISTINCT exe_id) AS programs FROM ${OF_RUNS}`);
  const exes = db
    .prepare<unknown[], string>(
      `${TOUCHED} SELECT DISTINCT path FROM ${OF_RUNS} JOIN exe USING (exe_id) ORDER BY path LIMIT ${EXES}`,
    )
    .pluck();
  const whole = ({ id, ...row }: LossRow): StoredLoss => {
    const { count: number = 0, first, last, programs = 0 } = runs.get({ id }) ?? {};
    const touched = { count: number, first: first ?? undefined, last: last ?? undefined };
    return { ...withoutNull(row), id, runs: touched, programs: { count: programs, exes: exes.all({ id }) } };
  };
  return {
    ledger: ({ runIds, limit }: LossQuery) => {
      const ids = runIds ? JSON.stringify(runIds) : null;
      return { total: count.get({ ids }) ?? 0, losses: losses.all({ ids, limit }).map(whole) };
    },
  };
}

interface RunsRow {
  readonly count: number;
  readonly first: number | null;
  readonly last: number | null;
  readonly programs: number;
}

type Told = Omit<StoredLoss, 'runs' | 'programs'>;
type LossRow = { readonly [Key in keyof Told]: Exclude<Told[Key], undefined> | null } & Pick<Told, 'id'>;

function withoutNull(row: Omit<LossRow, 'id'>): Omit<Told, 'id'> {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, value ?? undefined])) as Omit<Told, 'id'>;
}
