import { basenameOf } from '../profile/exe.ts';
import type { Observed, Reason, Rule } from '../profile/profile.ts';
import { type Column, table } from './table.ts';
import { when } from './when.ts';

/** Why each call is on the list; the serial is that of its first record, to look up in the kernel's log. */
const COLUMNS: readonly Column<Rule>[] = [
  { title: 'CALL', of: ({ name, nr }) => name ?? String(nr) },
  { title: 'COUNT', right: true, of: seen(({ count }) => String(count)) },
  { title: 'RUNS', right: true, of: seen(({ runs, ofRuns, newIn }) => `${runs + newIn}/${ofRuns + newIn}`) },
  { title: 'FIRST SEEN', of: seen(({ firstMs }) => when(firstMs)) },
  { title: 'LAST SEEN', of: seen(({ lastMs }) => when(lastMs)) },
  { title: 'SERIAL', right: true, of: seen(({ sampleSerial }) => String(sampleSerial)) },
  { title: 'BY', of: ({ reason }) => by(reason) },
];

function seen(tell: (reason: Observed) => string): (rule: Rule) => string {
  return ({ reason }) => (reason.kind === 'observed' ? tell(reason) : '-');
}

function by(reason: Reason): string {
  switch (reason.kind) {
    case 'observed':
      return reason.exes.map(basenameOf).join(' ');
    case 'implied':
      return `${reason.rule}: ${reason.why}`;
    case 'variant':
      return `${reason.rule} of ${reason.of}: ${reason.why}`;
    case 'manual':
      return `${reason.who}, ${when(reason.atMs)}: ${reason.why}`;
  }
}

/** The rules of a list, by name, each with its evidence, for `width` columns; undefined: nothing is cut. */
export function evidenceTable(rules: readonly Rule[], width: number | undefined): string {
  return table(COLUMNS, rules.toSorted(byName), width);
}

function byName(a: Rule, b: Rule): number {
  const [left, right] = [a.name ?? '', b.name ?? ''];
  if (left === right) return a.nr - b.nr;
  return left < right ? -1 : 1;
}
