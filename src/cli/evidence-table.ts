import { basenameOf } from '../profile/exe.ts';
import type { Rule } from '../profile/profile.ts';
import { type Column, table } from './table.ts';
import { when } from './when.ts';

/** Why each call is on the list; the serial is that of its first record, to look up in the kernel's log. */
const COLUMNS: readonly Column<Rule>[] = [
  { title: 'CALL', of: ({ name, nr }) => name ?? String(nr) },
  { title: 'COUNT', right: true, of: ({ evidence }) => String(evidence.count) },
  {
    title: 'RUNS',
    right: true,
    of: ({ evidence }) => `${evidence.runs + evidence.newIn}/${evidence.ofRuns + evidence.newIn}`,
  },
  { title: 'FIRST SEEN', of: ({ evidence }) => when(evidence.firstMs) },
  { title: 'LAST SEEN', of: ({ evidence }) => when(evidence.lastMs) },
  { title: 'SERIAL', right: true, of: ({ evidence }) => String(evidence.sampleSerial) },
  { title: 'BY', of: ({ evidence }) => evidence.exes.map(basenameOf).join(' ') },
];

/** The rules of a list, by name, each with its evidence, for `width` columns; undefined: nothing is cut. */
export function evidenceTable(rules: readonly Rule[], width: number | undefined): string {
  return table(COLUMNS, rules.toSorted(byName), width);
}

function byName(a: Rule, b: Rule): number {
  const [left, right] = [a.name ?? '', b.name ?? ''];
  if (left === right) return a.nr - b.nr;
  return left < right ? -1 : 1;
}
