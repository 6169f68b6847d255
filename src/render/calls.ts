import type { Profile, Rule } from '../profile/profile.ts';

/** A call that a format which knows names alone can list. */
export type NamedRule = Rule & { readonly name: string };

/** Calls with a name, in the order of their bytes, each once. */
export function namedRules(rules: readonly Rule[]): readonly NamedRule[] {
  const named = rules.filter((rule): rule is NamedRule => rule.name !== undefined);
  return [...new Map(named.map((rule) => [rule.name, rule])).values()].sort(byName);
}

/** What is lost where a format takes names alone. */
export function namelessLoss({ rules }: Profile): readonly string[] {
  const numbers = rules.filter(({ name }) => name === undefined).map(({ nr }) => nr);
  return numbers.length === 0 ? [] : [`the format takes names alone; calls without one: ${numbers.join(', ')}`];
}

function byName(a: NamedRule, b: NamedRule): number {
  return a.name < b.name ? -1 : 1;
}
