import type { RunTally } from '../../observe/run.ts';
import type { Store } from '../../store/store.ts';
import { scriptOf } from '../enforce/script.ts';
import type { ObservedProgram } from './program.ts';

/**
 * What earlier observed runs of this program at this stage have shown. With a name only the runs of that name count:
 * a list is asked for by that name too. Of a script only its own runs count, and not its interpreter's.
 */
export function earlierTallies(
  store: Store,
  { exe, stage, facts }: ObservedProgram,
  name: string | undefined,
): RunTally[] {
  const query = { kind: 'observed', exe, stage } as const;
  const script = scriptOf(facts);
  const runs = store
    .runs(name === undefined ? query : { ...query, name })
    .filter((run) => script === undefined || run.argv[0] === script);
  return store.tallies(runs.map((run) => run.id));
}
