import { syscallName } from '../../kernel/abi.ts';
import { type Observation, observationsOf } from '../../profile/observations.ts';
import type { Profile } from '../../profile/profile.ts';
import type { Store } from '../../store/store.ts';

/** What a list must let through by all that is stored of its runs; what a person has denied is to stay denied. */
export function observationsFor(store: Store, { runs, policy, refused }: Profile): readonly Observation[] {
  const ids = runs.map((run) => run.id);
  const denied = new Set(refused.map(({ call }) => call));
  return observationsOf(store.runs({ ids }), store.tallies(ids), policy).filter(
    ({ archToken, nr }) => !denied.has(syscallName(archToken, nr) ?? String(nr)),
  );
}
