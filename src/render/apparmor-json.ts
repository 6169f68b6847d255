import type { PolicySuggestion, Suggested } from '../apparmor/policy.ts';
import { ruleText } from './apparmor-rule.ts';

/** A suggestion as JSON: the text, and each rule with its evidence and danger. */
export function policyJson(
  { suggestion, lost }: { readonly suggestion: PolicySuggestion; readonly lost: number | undefined },
  text: string,
  deny: boolean,
): unknown {
  const { wish, root, evidence, untrusted, overflow, unwritable, elsewhere, disconnected, newer } = suggestion;
  return {
    schema: 1,
    kind: 'apparmor',
    profile: wish.profile,
    text,
    evidence,
    lost: lost ?? null,
    untrusted,
    overflow,
    unwritable: unwritable.map(([what, records]) => ({ what, records })),
    elsewhere,
    disconnected,
    newer,
    root: profileJson(root, deny),
  };
}

function profileJson({ name, kind, rules, children }: Suggested, deny: boolean): unknown {
  return {
    name,
    kind,
    rules: rules.map(({ rule, ...rest }) => ({ text: ruleText(rule, deny), rule, ...rest })),
    children: children.map((child) => profileJson(child, deny)),
  };
}
