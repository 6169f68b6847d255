import type { Profile, Rule } from '../profile/profile.ts';
import { heading, reasonText } from './comment.ts';
import type { RenderOptions, TextRendering } from './format.ts';

/** What a person reads on a terminal: a line a call, with its reason, cut where the terminal ends; colours none. */
export function profileTable(profile: Profile, { action, width }: RenderOptions): TextRendering {
  const rules = profile.rules.toSorted(byName);
  const left = Math.max(...rules.map((rule) => nameOf(rule).length), 'CALL'.length);
  const number = Math.max(...rules.map(({ nr }) => String(nr).length), 'NR'.length);
  const line = (call: string, nr: string, why: string) =>
    cut(`${call.padEnd(left)}  ${nr.padStart(number)}  ${why}`, width);
  const lines = [
    ...heading(profile, action).map((text) => cut(text, width)),
    '',
    line('CALL', 'NR', 'WHY'),
    ...rules.map((rule) => line(nameOf(rule), String(rule.nr), reasonText(rule))),
  ];
  return { kind: 'text', text: `${lines.join('\n')}\n`, losses: [] };
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
