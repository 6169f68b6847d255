import type { RunTally } from '../observe/run.ts';
import type { Store } from '../store/store.ts';
import type { ObservedProgram } from './observe-program.ts';

/**
 * What earlier observed runs of this program at this stage have shown. With a name only the runs of that name count:
 * a list is asked for by that name too.
 */
export function earlierTallies(store: Store, { exe, stage }: ObservedProgram, name: string | undefined): RunTally[] {
  const query = { kind: 'observed', exe, stage } as const;
  const runs = store.runs(name === undefined ? query : { ...query, name });
  return store.tallies(runs.map((run) => run.id));
}
