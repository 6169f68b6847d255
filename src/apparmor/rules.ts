import type { AccessCount } from '../observe/sighting.ts';
import type { Access, ExecAccess } from '../record/access.ts';
import { type Reading, ruleFor } from './access-rule.ts';
import { evidenceOf, together } from './evidence.ts';
import { type Found, fileRules, linkRules, onePerPath, pathOf, type Seen } from './file-rules.ts';
import { literal } from './pattern.ts';
import type { Rule, Transition } from './rule.ts';

export interface Rules {
  readonly found: readonly Found[];
  /** What no rule can be written for, with the number of records. */
  readonly unwritable: ReadonlyMap<string, number>;
}

/** The fewest rules that allow these accesses and, but for what AppArmor cannot say, nothing else. */
export function rulesOf(
  accesses: readonly AccessCount[],
  profile: string,
  transition: Transition,
  reading: Reading,
): Rules {
  const unwritable = new Map<string, number>();
  const others = accesses.flatMap((one): Found[] => {
    const { access, verdict, count } = one;
    if (access.kind === 'file' || access.kind === 'exec' || access.kind === 'overflow') return [];
    // A limit that a rule sets is also given to the program at its start: only one that was refused is raised.
    if (access.kind === 'rlimit' && verdict === 'AUDIT') return [];
    const rule = ruleFor(access, reading);
    if (rule === undefined) return [];
    if ('kind' in rule) return [{ rule, evidence: evidenceOf(one) }];
    unwritable.set(rule.unwritable, (unwritable.get(rule.unwritable) ?? 0) + count);
    return [];
  });
  const files = seenOf(accesses, 'file');
  const execs = seenOf(accesses, 'exec').map(({ access, evidence }) => ({
    rule: execRule(access, profile, transition),
    evidence,
  }));
  const all = [...fileRules(files, reading.mask), ...linkRules(files, reading.mask), ...execs, ...others];
  return { found: merged(all), unwritable };
}

function seenOf<Kind extends Access['kind']>(
  accesses: readonly AccessCount[],
  kind: Kind,
): Seen<Extract<Access, { kind: Kind }>>[] {
  return accesses.flatMap((one) =>
    one.access.kind === kind
      ? [{ access: one.access as Extract<Access, { kind: Kind }>, evidence: evidenceOf(one) }]
      : [],
  );
}

/**
 * What the record says it went on under, where that is a profile of somebody's; where it was a learning one, or execution was
 * refused, `wanted`, or ix: the program may then do what its starter may, and nothing else.
 */
function execRule(access: ExecAccess, profile: string, wanted: Transition): Rule {
  const { target } = access;
  const base = { kind: 'exec', path: pathOf(access), owner: access.owner === 'owner' } as const;
  const child = `${profile}//`;
  if (target === undefined || target === profile || target.startsWith(`${child}null-`))
    return { ...base, transition: target === profile ? 'ix' : wanted, target: undefined };
  if (target.startsWith(child)) return { ...base, transition: 'Cx', target: literal(target.slice(child.length)) };
  if (target === 'unconfined' || target.includes('//null-')) return { ...base, transition: wanted, target: undefined };
  return { ...base, transition: 'Px', target: target === access.path ? undefined : literal(target) };
}

/**
 * A program has one way to go on, or the profile does not load: under the profile that was named last, where one was. Where not
 * only owners execute it, everybody may.
 */
function oneTransition(found: readonly Found[]): Found[] {
  const ways = new Map<string, Found[]>();
  const rest = found.filter((one) => {
    if (one.rule.kind !== 'exec') return true;
    ways.set(one.rule.path, [...(ways.get(one.rule.path) ?? []), one]);
    return false;
  });
  return [...[...ways.values()].map(oneWay), ...rest];
}

function oneWay(ways: readonly Found[]): Found {
  const best = ways.reduce((one, other) => (isBetter(other, one) ? other : one));
  const owner = ways.every(({ rule }) => rule.kind === 'exec' && rule.owner);
  const evidence = ways.map((way) => way.evidence).reduce((sum, next) => together(sum, next));
  return { rule: { ...best.rule, owner } as Rule, evidence };
}

function isBetter(one: Found, other: Found): boolean {
  const more = named(one) - named(other);
  return more > 0 || (more === 0 && one.evidence.lastMs > other.evidence.lastMs);
}

/** Whether the record itself said how it went on. */
function named({ rule }: Found): number {
  return rule.kind === 'exec' && (rule.target !== undefined || rule.transition === 'Px') ? 1 : 0;
}

/** The fewest rules that say the same: equal ones are one, and so are those that differ in what is done, or in the signal. */
export function merged(found: readonly Found[]): Found[] {
  const rules = new Map<string, Found>();
  for (const one of oneTransition(onePerPath(found))) {
    const key = keyOf(one.rule);
    const known = rules.get(key);
    rules.set(
      key,
      known ? { rule: union(known.rule, one.rule), evidence: together(known.evidence, one.evidence) } : one,
    );
  }
  return [...rules.values()];
}

/** Of a signal the mask is part of it: what is sent and what is received may differ. */
function keyOf(rule: Rule): string {
  if (rule.kind === 'signal') return JSON.stringify({ ...rule, signals: [] });
  return JSON.stringify(rule.kind !== 'file' && 'mask' in rule ? { ...rule, mask: [] } : rule);
}

function union(one: Rule, other: Rule): Rule {
  if (one.kind === 'signal' && other.kind === 'signal') return { ...one, signals: words(one.signals, other.signals) };
  if (one.kind === 'file' || other.kind === 'file' || !('mask' in one) || !('mask' in other)) return one;
  return { ...one, mask: words(one.mask, other.mask) };
}

function words(one: readonly string[], other: readonly string[]): string[] {
  return [...new Set([...one, ...other])].sort();
}
