import type { Aspect, Difference } from '../profile/differences.ts';
import type { Remark } from './evidence.ts';

const WORDS: Readonly<Record<Aspect, string>> = {
  kernel: 'kernels',
  libc: 'versions of libc',
  program: 'builds of the program',
  host: 'hosts',
};

/** So many values and names are shown before the rest is a number. */
const VALUES = 4;
const NAMES = 6;

/** What runs of different kinds brought to one list; a warning where a kind has calls of its own. */
export function differenceRemarks(differences: readonly Difference[]): Remark[] {
  return differences.map(({ aspect, groups }) => {
    const shown = groups.slice(0, VALUES).map(({ value, runs, only }) => {
      const own = only.length > 0 ? `, only there: ${named(only)}` : '';
      return `${value} (${runs} run${runs === 1 ? '' : 's'}${own})`;
    });
    const more = groups.length > VALUES ? ` and ${groups.length - VALUES} more` : '';
    const kind = groups.some(({ only }) => only.length > 0) ? 'warning' : 'fact';
    return { kind, text: `the runs are of ${groups.length} ${WORDS[aspect]}: ${shown.join('; ')}${more}` };
  });
}

function named(names: readonly string[]): string {
  return `${names.slice(0, NAMES).join(', ')}${names.length > NAMES ? ` and ${names.length - NAMES} more` : ''}`;
}
