import { statSync } from 'node:fs';
import type { Run } from '../../observe/run.ts';
import { TRUSTS, type Trust } from '../../record/trust.ts';
import { daemonOf, type Holder } from '../../store/daemon-lock.ts';
import { NoStoreError, openStore } from '../../store/open.ts';
import type { SourceCursor, Store } from '../../store/store.ts';

/** What the database holds, in figures. */
export interface StoreStatus {
  readonly database: string;
  /** File and write-ahead log. */
  readonly bytes: number;
  /** Programs that were run or seen. */
  readonly programs: number;
  readonly runs: {
    readonly observed: number;
    readonly inferred: number;
    readonly complete: number;
    /** Ended, or never ended, without the end marker: records may be missing. Observed runs only. */
    readonly incomplete: number;
    /** Runs with learned calls allowed: they count only as 'brought k new calls'. */
    readonly known: number;
  };
  readonly records: Readonly<Record<Trust, number>>;
  /** Sum of what is known to be missing, and how many losses have no known size. */
  readonly lost: {
    readonly records: number;
    readonly ofUnknownSize: number;
    /** In how many places, by the reason. */
    readonly places: Readonly<Record<string, number>>;
  };
  /** The daemon that stores there now, as far as this user may ask. */
  readonly daemon: Holder | undefined;
  readonly sources: readonly SourceCursor[];
  readonly newest: Run | undefined;
}

/** Undefined where there is no database yet. */
export function storeStatus(database: string): StoreStatus | undefined {
  try {
    const store = openStore(database, { readonly: true });
    try {
      return {
        database,
        bytes: sizeOf(database) + sizeOf(`${database}-wal`),
        daemon: daemonOf(database),
        ...figures(store),
      };
    } finally {
      store.close();
    }
  } catch (error) {
    if (error instanceof NoStoreError) return undefined;
    throw error;
  }
}

function figures(store: Store): Omit<StoreStatus, 'database' | 'bytes' | 'daemon'> {
  const runs = store.runs({});
  const ids = runs.map((run) => run.id);
  return {
    programs: store.exes().length,
    runs: countRuns(runs),
    records: countRecords(store, ids),
    lost: countLost(store, ids),
    sources: store.sources(),
    newest: runs[0],
  };
}

function countRuns(runs: readonly Run[]): StoreStatus['runs'] {
  const count = (fits: (run: Run) => boolean): number => runs.filter(fits).length;
  return {
    observed: count((run) => run.kind === 'observed'),
    inferred: count((run) => run.kind === 'inferred'),
    complete: count((run) => run.kind === 'observed' && run.end?.complete === true),
    incomplete: count((run) => run.kind === 'observed' && run.end?.complete !== true),
    known: count((run) => run.mode === 'known'),
  };
}

function countRecords(store: Store, ids: readonly number[]): Record<Trust, number> {
  const records: Record<Trust, number> = { kernel: 0, file: 0, forgeable: 0 };
  for (const { trust, count } of store.tallies(ids)) records[trust] += count;
  return records;
}

function countLost(store: Store, ids: readonly number[]): StoreStatus['lost'] {
  const losses = store.losses(ids);
  const places: Record<string, number> = {};
  for (const { reason } of losses) places[reason] = (places[reason] ?? 0) + 1;
  return {
    places,
    records: losses.reduce((sum, loss) => sum + (loss.count ?? 0), 0),
    ofUnknownSize: losses.filter((loss) => loss.count === undefined).length,
  };
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Records of all trusts. */
export function recordsInAll({ records }: StoreStatus): number {
  return TRUSTS.reduce((sum, trust) => sum + records[trust], 0);
}
