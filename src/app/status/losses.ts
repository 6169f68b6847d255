import { RefusedError } from '../../errors.ts';
import { NoStoreError, openStore } from '../../store/open.ts';
import type { Ledger } from '../../store/store.ts';
import { listRuns } from '../suggest/list-runs.ts';

/**
 * What is known to be missing, newest first; `names`: only what can touch runs of the program that they may stand for.
 * Undefined where there is no database yet. Throws a RefusedError for a program that nothing was seen of.
 */
export function lossLedger(database: string, names: readonly string[] | undefined, limit: number): Ledger | undefined {
  try {
    const store = openStore(database, { readonly: true });
    try {
      return store.ledger({ runIds: names && runsOf(database, names), limit });
    } finally {
      store.close();
    }
  } catch (error) {
    if (error instanceof NoStoreError) return undefined;
    throw error;
  }
}

function runsOf(database: string, names: readonly string[]): number[] {
  const ids = listRuns(database, names, undefined).map((run) => run.id);
  if (ids.length === 0) throw new RefusedError(`nothing was seen of ${names[0]}; see profiler runs`);
  return ids;
}
