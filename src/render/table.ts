import { type Abi, abiByName } from '../kernel/abi.ts';
import { callFacts, type Resource } from '../kernel/call-facts.ts';
import { smallestSet } from '../kernel/systemd-sets.ts';
import type { Profile, Rule } from '../profile/profile.ts';
import {
  CONTAINER_DEFAULT,
  type Comparison,
  dangerOf,
  type Reading,
  readingOf,
  SYSTEM_SERVICE,
} from '../profile/reading.ts';
import { heading, reasonText } from './comment.ts';
import type { RenderOptions, TextRendering } from './format.ts';

/** So many names are shown before the rest is a number. */
const SHOWN = 8;

/**
 * What a person reads on a terminal: calls by what they touch, a line each with systemd's set, the danger where there is one
 * and the reason, cut where the terminal ends; then how much the list opens. Colours none.
 */
export function profileTable(profile: Profile, { action, width }: RenderOptions): TextRendering {
  const rules = profile.rules.toSorted(byName);
  const widths = {
    call: widest(rules.map(nameOf), 'CALL'),
    nr: widest(
      rules.map(({ nr }) => String(nr)),
      'NR',
    ),
    set: widest(rules.map(setOf), 'SET'),
  };
  const line = (call: string, nr: string, set: string, why: string) =>
    cut(`  ${call.padEnd(widths.call)}  ${nr.padStart(widths.nr)}  ${set.padEnd(widths.set)}  ${why}`, width);
  const row = (rule: Rule) => line(nameOf(rule), String(rule.nr), setOf(rule), whyOf(rule));
  const lines = [
    ...heading(profile, action).map((text) => cut(text, width)),
    '',
    line('CALL', 'NR', 'SET', 'WHY'),
    ...byResource(rules).flatMap(({ resource, members }) => [resource, ...members.map(row)]),
    ...foot(rules, abiByName(profile.policy.abi)).map((text) => cut(text, width)),
  ];
  return { kind: 'text', text: `${lines.join('\n')}\n`, losses: [] };
}

function widest(texts: readonly string[], title: string): number {
  return Math.max(title.length, ...texts.map((text) => text.length));
}

/** Those of no name, and of names that are in no table, come last. */
function byResource(
  rules: readonly Rule[],
): readonly { readonly resource: string; readonly members: readonly Rule[] }[] {
  const groups = new Map<Resource | 'other', Rule[]>();
  for (const rule of rules) {
    const resource = callFacts(nameOf(rule))?.resource ?? 'other';
    groups.set(resource, [...(groups.get(resource) ?? []), rule]);
  }
  return [...groups]
    .sort(([a], [b]) => lastOf(a) - lastOf(b) || (a < b ? -1 : 1))
    .map(([resource, members]) => ({ resource, members }));
}

function lastOf(resource: string): number {
  return resource === 'other' ? 1 : 0;
}

function setOf(rule: Rule): string {
  return smallestSet(nameOf(rule)) ?? '-';
}

function whyOf(rule: Rule): string {
  const danger = dangerOf(nameOf(rule));
  return `${danger === undefined ? '' : `! ${danger}; `}${reasonText(rule)}`;
}

function foot(rules: readonly Rule[], abi: Abi | undefined): string[] {
  if (!abi) return [];
  const { surface, dangerous, comparisons } = readingOf(rules.map(nameOf), abi, [CONTAINER_DEFAULT, SYSTEM_SERVICE]);
  return ['', `open: ${surface.allowed} of ${surface.all} calls`, ...dangers(dangerous), ...comparisons.map(compared)];
}

function dangers(dangerous: Reading['dangerous']): string[] {
  if (dangerous.length === 0) return [];
  return [`dangerous (1 to 10): ${shown(dangerous.map(({ name, danger }) => `${name} ${danger}`))}`];
}

function compared({ with: name, size, beyond }: Comparison): string {
  const own = beyond.length === 0 ? 'none' : `${beyond.length} (${shown(beyond)})`;
  return `${name} opens ${size}; of this list it lacks ${own}`;
}

function shown(names: readonly string[]): string {
  return `${names.slice(0, SHOWN).join(', ')}${names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''}`;
}

function nameOf({ name, nr }: Rule): string {
  return name ?? `(${nr})`;
}

function cut(text: string, width = Number.POSITIVE_INFINITY): string {
  return text.length > width ? `${text.slice(0, Math.max(width, 2) - 1)}…` : text;
}

function byName(a: Rule, b: Rule): number {
  const [left, right] = [nameOf(a), nameOf(b)];
  if (left === right) return a.nr - b.nr;
  return left < right ? -1 : 1;
}
