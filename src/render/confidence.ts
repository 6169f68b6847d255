import type { Advice } from '../profile/checklist.ts';
import { type Confidence, LEVEL } from '../profile/confidence.ts';
import type { Remark } from './evidence.ts';
import { plural } from './words.ts';

/** How far the list can be trusted to be whole, in one line. */
export function confidenceRemark(confidence: Confidence): Remark {
  const { grade, runs, quietRuns, runsToNext } = confidence;
  const whole = plural(runs, 'whole run');
  const from = confidence.basis === 'known' ? `${plural(runs, 'run')} that allowed what was known` : whole;
  const quiet = runs > 1 ? `, the last ${quietRuns} of them quiet` : '';
  const next =
    runsToNext === undefined
      ? ''
      : `; ${plural(runsToNext, 'more quiet run')} make it ${grade === 'thin' ? 'likely' : 'proven'}`;
  return { kind: 'fact', text: `confidence ${grade}: ${chanceText(confidence)} (${from}${quiet})${next}` };
}

function chanceText({ grade, runs, chance, chanceAtMost }: Confidence): string {
  if (grade === 'lossy') return 'records are missing, so that nothing is said of the next run';
  if (runs < 2) return 'one run says nothing of the next';
  const estimate = chance === undefined ? '' : `${percent(chance)}, `;
  return `the next run needs a call that no run has shown in ${estimate}at most ${percent(chanceAtMost)} of cases at ${percent(LEVEL)} certainty`;
}

function percent(share: number): string {
  const text = (100 * share).toFixed(share < 0.1 ? 1 : 0);
  return `${text.replace(/\.0$/, '')} %`;
}

/** What no run has tried, in a word each; none where nothing is known to be missing. */
export function untried(checklist: readonly Advice[]): readonly Remark[] {
  if (checklist.length === 0) return [];
  const titles = checklist.map(({ title }) => title).join(', ');
  return [{ kind: 'fact', text: `no run has tried: ${titles}; profiler explain tells how` }];
}
