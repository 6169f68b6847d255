import type { ArgumentSeen } from '../profile/arguments-seen.ts';
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
  {
    title: 'ARGS',
    optional: true,
    of: ({ reason }) => (reason.kind === 'observed' ? argsText(reason.args ?? []) : ''),
  },
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

const VALUES_SHOWN = 3;
const ARGS_WIDTH = 48;

/** The rules of a list, by name, each with its evidence, for `width` columns; undefined: nothing is cut. */
export function evidenceTable(rules: readonly Rule[], width: number | undefined): string {
  return table(COLUMNS, rules.toSorted(byName), width);
}

/** `0=0x2 1=0x1,0x80002`: the most frequent values of each argument, as far as there is room. */
function argsText(args: readonly ArgumentSeen[]): string {
  const text = args.map(({ index, values, others }) => {
    const shown = values.slice(0, VALUES_SHOWN).map(({ value }) => value);
    return `${index}=${[...shown, ...(values.length > VALUES_SHOWN || others > 0 ? ['…'] : [])].join(',')}`;
  });
  const line = text.join(' ');
  return line.length > ARGS_WIDTH ? `${line.slice(0, ARGS_WIDTH - 1)}…` : line;
}

function byName(a: Rule, b: Rule): number {
  const [left, right] = [a.name ?? '', b.name ?? ''];
  if (left === right) return a.nr - b.nr;
  return left < right ? -1 : 1;
}
