import { everyRule, type PolicySuggestion } from '../apparmor/policy.ts';
import type { RatedRule } from '../apparmor/rule.ts';
import { ruleText } from '../render/apparmor-rule.ts';
import { type Column, table } from './table.ts';
import { when } from './when.ts';

/** Why each rule is there and what it could do; the serial is that of its first record, to look up in the kernel's log. */
const COLUMNS: readonly Column<RatedRule>[] = [
  { title: 'DANGER', right: true, of: ({ danger }) => String(danger.score) },
  { title: 'BECAUSE IT', of: ({ danger }) => danger.reason },
  { title: 'COUNT', right: true, of: ({ evidence }) => String(evidence.count) },
  { title: 'FIRST SEEN', of: ({ evidence }) => when(evidence.firstMs) },
  { title: 'LAST SEEN', of: ({ evidence }) => when(evidence.lastMs) },
  { title: 'SERIAL', right: true, of: ({ evidence }) => String(evidence.sampleSerial) },
  { title: 'WAS', of: ({ evidence }) => evidence.verdicts.join(' ').toLowerCase() },
  { title: 'RULE', of: ({ rule }) => ruleText(rule) },
];

/** The rules of a profile and its children, the most dangerous first, for `width` columns; undefined: nothing is cut. */
export function ruleTable({ root }: PolicySuggestion, width: number | undefined): string {
  return table(
    COLUMNS,
    everyRule(root).toSorted((a, b) => b.danger.score - a.danger.score),
    width,
  );
}
