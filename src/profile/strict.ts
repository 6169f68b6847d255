import type { Confidence } from './confidence.ts';
import type { Profile } from './profile.ts';

/** Why a profile is not known to be whole and enforceable: what `--strict` refuses. Empty where nothing speaks against it. */
export function objections(profile: Profile): readonly string[] {
  const incomplete = profile.runs.filter((run) => run.incomplete !== undefined);
  const lossy = profile.runs.filter((run) => run.lost !== 0);
  const { grade } = profile.confidence;
  return [
    ...(profile.lost === 0
      ? []
      : [
          `${profile.lost === undefined ? 'an unknown number of' : `at most ${profile.lost}`} records are missing (${runList(lossy)})`,
        ]),
    ...(incomplete.length > 0 ? [`not known to be complete: ${runList(incomplete)}`] : []),
    ...(profile.foreign.length > 0 ? [`${plural(profile.foreign.length, 'call')} on another ABI would be killed`] : []),
    ...(profile.unlistable.length > 0
      ? [
          `${plural(profile.unlistable.length, 'call')} ${profile.unlistable.length === 1 ? 'has a number' : 'have numbers'} that no list can hold`,
        ]
      : []),
    ...(grade === 'thin' ? [`the evidence is thin: ${wanted(profile.confidence)}`] : []),
  ];
}

function wanted({ runs, runsToNext }: Confidence): string {
  const more = runsToNext === undefined ? '' : `, want ${runsToNext} more without a new call`;
  return `${plural(runs, 'run')}${more} (observe --repeat, --until-quiet)`;
}

function runList(runs: readonly { readonly id: number }[]): string {
  const ids = runs.map((run) => run.id);
  const shown = ids.slice(0, 8).join(', ');
  return `${ids.length === 1 ? 'run' : 'runs'} ${shown}${ids.length > 8 ? ` and ${ids.length - 8} more` : ''}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
