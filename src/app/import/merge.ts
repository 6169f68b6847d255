import type { Run } from '../../observe/run.ts';
import type { Difference } from '../../profile/differences.ts';
import { differences } from '../../profile/differences.ts';
import { livingPath } from '../../profile/exe.ts';
import type { Store } from '../../store/store.ts';

/** A program whose runs, after a merge, are not of one kind. */
export interface MixedProgram {
  readonly exe: string;
  readonly stage: Run['stage'];
  readonly differences: readonly Difference[];
}

/** Programs with runs on several kernels, libcs, builds, or with hosts that differ in their calls: by path and stage. */
export function mixedAfterMerge(store: Store): MixedProgram[] {
  const programs = new Map<string, Run[]>();
  for (const run of store.runs({})) {
    const key = `${run.stage}\n${livingPath(run.exe)}`;
    programs.set(key, [...(programs.get(key) ?? []), run]);
  }
  return [...programs.values()].flatMap((runs) => {
    const [first] = runs;
    if (!first || runs.length < 2) return [];
    const found = differences(runs, store.tallies(runs.map(({ id }) => id)));
    return found.length > 0 ? [{ exe: livingPath(first.exe), stage: first.stage, differences: found }] : [];
  });
}
