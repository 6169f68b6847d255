import type { Observed, Rule } from './profile.ts';

export type ObservedRule = Rule & { readonly reason: Observed };

/** The rules that records speak for. */
export function observed(rules: readonly Rule[]): readonly ObservedRule[] {
  return rules.filter((rule): rule is ObservedRule => rule.reason.kind === 'observed');
}
