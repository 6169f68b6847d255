import type { AccessCount } from '../observe/sighting.ts';
import { atLeast, type Trust } from '../record/trust.ts';
import { type Abstraction, withAbstractions } from './abstractions.ts';
import type { Reading } from './access-rule.ts';
import { dangerOf } from './danger.ts';
import { evidenceOf, together } from './evidence.ts';
import type { Found } from './file-rules.ts';
import { generalisedRules } from './generalise.ts';
import type { Evidence, RatedRule, Rule, Transition } from './rule.ts';
import { rulesOf } from './rules.ts';
import { type Node, treeOf } from './tree.ts';

export interface Wish {
  readonly profile: string;
  /** Least trust of records that count. */
  readonly trust: Trust;
  /** `whole`: all that was asked for, for a profile of its own; `lacking`: what the profile that is loaded did not allow. */
  readonly scope: 'whole' | 'lacking';
  /** How programs go on that are started, where the record names no profile of theirs. */
  readonly transition: Transition;
  readonly glob: boolean;
  readonly addresses: boolean;
  /** Those that may take rules' places; none: no include. */
  readonly abstractions: readonly Abstraction[];
}

/** A profile, its rules in the order in which they are shown. */
export interface Suggested {
  readonly name: string;
  readonly kind: Node['kind'];
  readonly rules: readonly RatedRule[];
  readonly children: readonly Suggested[];
}

export interface PolicySuggestion {
  readonly wish: Wish;
  readonly root: Suggested;
  /** Of all records that count; undefined where there are none. */
  readonly evidence: Evidence | undefined;
  /** Records that are trusted less than was wished. */
  readonly untrusted: number;
  /** Records whose fields were forgotten: there were too many different ones. */
  readonly overflow: number;
  /** What no rule can say, with the number of records. */
  readonly unwritable: readonly (readonly [what: string, records: number])[];
  /** Profiles that need rules of their own. */
  readonly elsewhere: readonly string[];
  /** Files were reached that have no path from the root: the profile needs attach_disconnected. */
  readonly disconnected: boolean;
  /** It has rules that AppArmor 3 does not know. */
  readonly newer: boolean;
}

/** A profile's rules from its accesses, and its children's. */
export function policyFor(accesses: readonly AccessCount[], wish: Wish): PolicySuggestion {
  const trusted = accesses.filter(({ trust }) => atLeast(trust, wish.trust));
  const counted = wish.scope === 'whole' ? trusted : trusted.filter(({ verdict }) => verdict !== 'AUDIT');
  const { root, elsewhere, label } = treeOf(wish.profile, counted, wish.transition);
  const unwritable = new Map<string, number>();
  const reading = readingOf(wish, label);
  const suggested = suggestedOf(root, wish.profile, wish, reading, unwritable);
  return {
    wish,
    root: suggested,
    evidence: counted.reduce<Evidence | undefined>((sum, one) => together(sum, evidenceOf(one)), undefined),
    untrusted: records(accesses) - records(trusted),
    overflow: records(counted.filter(({ access }) => access.kind === 'overflow')),
    unwritable: [...unwritable].sort(([a], [b]) => (a < b ? -1 : 1)),
    elsewhere,
    disconnected: counted.some(({ access }) => 'disconnected' in access && access.disconnected === true),
    newer: everyRule(suggested).some(({ rule }) => isNewer(rule)),
  };
}

/** The rules of a profile and its children. */
export function everyRule({ rules, children }: Suggested): readonly RatedRule[] {
  return [...rules, ...children.flatMap(everyRule)];
}

function readingOf({ scope, addresses }: Wish, label: Reading['label']): Reading {
  const mask: Reading['mask'] = ({ requested, denied }) =>
    scope === 'whole' ? requested || denied : denied || requested;
  return { mask, addresses, label };
}

function suggestedOf(
  node: Node,
  profile: string,
  wish: Wish,
  reading: Reading,
  unwritable: Map<string, number>,
): Suggested {
  // What a child starts inherits from it: a child has no children.
  const transition = node.kind === 'profile' ? wish.transition : 'ix';
  const { found, unwritable: more } = rulesOf(node.accesses, profile, transition, reading);
  for (const [what, count] of more) unwritable.set(what, (unwritable.get(what) ?? 0) + count);
  const spared = withAbstractions(found.map(ratedOf), wish.abstractions);
  const rated = wish.glob ? globbed(spared) : spared;
  const children = node.children.map((child) =>
    suggestedOf(child, `${profile}//${child.name}`, wish, reading, unwritable),
  );
  return { name: node.name, kind: node.kind, rules: sorted(rated), children };
}

/** What an include stands for is no rule here. */
function globbed(rules: readonly RatedRule[]): RatedRule[] {
  const includes = rules.filter(({ rule }) => rule.kind === 'include');
  const own = rules.filter(({ rule }) => rule.kind !== 'include');
  return [...includes, ...generalisedRules(own).map(ratedOf)];
}

function ratedOf({ rule, evidence }: Found): RatedRule {
  return { rule, evidence, danger: dangerOf(rule) };
}

const KINDS: readonly Rule['kind'][] = [
  'include',
  'capability',
  'userns',
  'io_uring',
  'network',
  'unix',
  'dbus',
  'mqueue',
  'signal',
  'ptrace',
  'mount',
  'umount',
  'pivot_root',
  'change_profile',
  'rlimit',
  'exec',
  'link',
  'file',
];

/** By kind, then by what they are about: the same evidence gives the same text. */
function sorted(rules: readonly RatedRule[]): RatedRule[] {
  return [...rules].sort(({ rule: a }, { rule: b }) => {
    const kinds = KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind);
    return kinds || (textOf(a) < textOf(b) ? -1 : 1);
  });
}

function textOf(rule: Rule): string {
  return `${'path' in rule ? (rule.path ?? '') : ''} ${JSON.stringify(rule)}`;
}

function isNewer(rule: Rule): boolean {
  return ['userns', 'io_uring', 'mqueue'].includes(rule.kind) || (rule.kind === 'network' && rule.mask.length > 0);
}

function records(accesses: readonly AccessCount[]): number {
  return accesses.reduce((sum, { count }) => sum + count, 0);
}
