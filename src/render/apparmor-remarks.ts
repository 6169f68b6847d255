import { everyRule, type PolicySuggestion } from '../apparmor/policy.ts';
import type { Remark } from './evidence.ts';

interface Answer {
  readonly suggestion: PolicySuggestion;
  readonly lost: number | undefined;
}

/** What a person should know of the rules before using them; the first says what they are. */
export function policyRemarks({ suggestion, lost }: Answer): readonly Remark[] {
  const { untrusted, wish, elsewhere, disconnected, newer } = suggestion;
  return [
    { kind: 'fact', text: head(suggestion) },
    ...warnings({ suggestion, lost }),
    ...(untrusted > 0
      ? [fact(`${records(untrusted)} trusted less than ${wish.trust} left out; --trust takes them`)]
      : []),
    ...(elsewhere.length > 0 ? [fact(`these need a profile of their own: ${elsewhere.join(', ')}`)] : []),
    ...(disconnected
      ? [warning('files without a path from the root were reached: the profile needs flags=(attach_disconnected)')]
      : []),
    ...(newer ? [fact('some rules are of AppArmor 4: apparmor_parser 3 does not load them')] : []),
  ];
}

/** What speaks against taking these rules for all that the program needs. */
export function policyObjections(answer: Answer): readonly string[] {
  return warnings(answer).map(({ text }) => text);
}

function warnings({ suggestion: { overflow, unwritable }, lost }: Answer): Remark[] {
  const missing = lost === undefined ? 'an unknown number of records is' : `at most ${records(lost)} are`;
  return [
    ...(lost === 0 ? [] : [warning(`${missing} missing in that time: rules may be, too`)]),
    ...(overflow > 0
      ? [warning(`${records(overflow)} were of more different accesses than are kept: rules are missing`)]
      : []),
    ...unwritable.map(([what, count]) => warning(`no rule can be written for ${what} (${records(count)})`)),
  ];
}

function head({ wish, root, evidence }: PolicySuggestion): string {
  const rules = everyRule(root);
  const worst = Math.max(...rules.map(({ danger }) => danger.score));
  const made = `${rules.length} rule${rules.length === 1 ? '' : 's'} from ${records(evidence?.count ?? 0)}`;
  return `${wish.profile}: ${made} (${evidence?.verdicts.join(', ').toLowerCase() ?? ''}), danger ${worst} of 10 at most`;
}

function records(count: number): string {
  return `${count} record${count === 1 ? '' : 's'}`;
}

function fact(text: string): Remark {
  return { kind: 'fact', text };
}

function warning(text: string): Remark {
  return { kind: 'warning', text };
}
