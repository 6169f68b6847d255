import { dangerOf } from './danger.ts';
import { together } from './evidence.ts';
import { matcher, nameOf } from './match.ts';
import type { RatedRule, Rule } from './rule.ts';
import { expanded, type PolicyFiles, statementsOf, unquoted, type Variables, variablesOf } from './statements.ts';

/** What a file of rules grants, as far as it is paths, capabilities and networks; of the rest, how dangerous it is. */
export interface Abstraction {
  /** `abstractions/base`. */
  readonly name: string;
  readonly paths: readonly Grant[];
  readonly denied: readonly RegExp[];
  readonly capabilities: ReadonlySet<string>;
  /** `inet stream`, `inet`; '' : all. */
  readonly networks: ReadonlySet<string>;
  /** Of the worst that it grants. */
  readonly danger: number;
}

interface Grant {
  readonly matches: RegExp;
  readonly mask: string;
  readonly owner: boolean;
}

/** So many rules must go for an include to come. */
const RULES_MIN = 3;
/** What an include may bring along unasked; danger.ts has the scale. */
const DANGER_USUAL = 4;
const OTHER_DANGER: Readonly<Record<string, number>> = { unix: 2, signal: 3, ptrace: 4, dbus: 4, abi: 0 };
const FILE = /^(?:audit\s+)?(deny\s+)?(owner\s+)?(?:file\s+)?("[^"]*"|[/@]\S*)\s+([rwaxmklipPcCuU]+)(?:\s*->.*)?$/s;

/** Every abstraction of a policy folder. */
export function abstractionsIn(files: PolicyFiles): Abstraction[] {
  const variables = variablesOf(files, 'tunables/global');
  const names = [...files.keys()].filter((name) => /^abstractions\/[^/]+$/.test(name)).sort();
  return names.map((name) => read(name, statementsOf(files, name), variables));
}

/**
 * Puts an include in the place of the rules that it grants wholly, the one that spares most first. It must spare three at least,
 * refuse nothing that is needed, and grant nothing that is more dangerous than the worst of what it replaces, or than 4.
 */
export function withAbstractions(rules: readonly RatedRule[], abstractions: readonly Abstraction[]): RatedRule[] {
  const fitting = abstractions
    .filter((one) => !rules.some(({ rule }) => refuses(one, rule)))
    .map((one) => ({ one, spared: rules.filter(({ rule }) => grants(one, rule)) }))
    .filter(({ one, spared }) => spared.length >= RULES_MIN && one.danger <= Math.max(DANGER_USUAL, worst(spared)))
    .sort((a, b) => b.spared.length - a.spared.length || a.one.danger - b.one.danger);
  const [best] = fitting;
  if (!best) return [...rules];
  const { one, spared } = best;
  const left = rules.filter((rule) => !spared.includes(rule));
  return [
    includeOf(one, spared),
    ...withAbstractions(
      left,
      abstractions.filter((other) => other !== one),
    ),
  ];
}

function includeOf({ name, danger }: Abstraction, spared: readonly RatedRule[]): RatedRule {
  const evidence = spared.map((rule) => rule.evidence).reduce((sum, next) => together(sum, next));
  return {
    rule: { kind: 'include', name, instead: spared.length },
    evidence,
    danger: { score: danger, reason: 'the worst that it grants' },
  };
}

function worst(rules: readonly RatedRule[]): number {
  return Math.max(...rules.map(({ danger }) => danger.score));
}

function grants({ paths, capabilities, networks }: Abstraction, rule: Rule): boolean {
  if (rule.kind === 'capability') return capabilities.has(rule.name);
  if (rule.kind === 'network')
    return rule.mask.length === 0 && ['', rule.family, `${rule.family} ${rule.type}`].some((key) => networks.has(key));
  if (rule.kind !== 'file') return false;
  const name = nameOf(rule.path);
  if (name === undefined) return false;
  const fitting = paths.filter((grant) => (rule.owner || !grant.owner) && grant.matches.test(name));
  return rule.mask
    .split('')
    .every((letter) => fitting.some(({ mask }) => mask.includes(letter) || (letter === 'a' && mask.includes('w'))));
}

function refuses({ denied }: Abstraction, rule: Rule): boolean {
  if (rule.kind !== 'file' && rule.kind !== 'exec' && rule.kind !== 'link') return false;
  const name = nameOf(rule.path);
  return denied.length > 0 && (name === undefined || denied.some((pattern) => pattern.test(name)));
}

function read(name: string, statements: readonly string[], variables: Variables): Abstraction {
  const paths: Grant[] = [];
  const denied: RegExp[] = [];
  const capabilities = new Set<string>();
  const networks = new Set<string>();
  const dangers: number[] = [0];
  for (const statement of statements) {
    const [word = '', ...rest] = statement.split(/\s+/);
    const file = FILE.exec(statement);
    if (file) {
      const [, deny, owner, path = '', mask = ''] = file;
      const patterns = expanded(unquoted(path), variables);
      const all = patterns.flatMap((pattern) => matcher(pattern) ?? []);
      if (deny) denied.push(...all);
      else paths.push(...all.map((matches) => ({ matches, mask, owner: owner !== undefined })));
      if (!deny) dangers.push(...patterns.map((pattern) => fileDangerOf(pattern, mask)));
    } else if (word === 'capability' && rest.length > 0) {
      for (const capability of rest) capabilities.add(capability);
      dangers.push(...rest.map((capability) => dangerOf({ kind: 'capability', name: capability }).score));
    } else if (word === 'network') {
      networks.add(rest.join(' '));
      dangers.push(networkDangerOf(rest));
    } else if (word !== '') {
      dangers.push(OTHER_DANGER[word] ?? 9);
    }
  }
  return { name, paths, denied, capabilities, networks, danger: Math.max(...dangers) };
}

function fileDangerOf(path: string, mask: string): number {
  const rule = dangerOf({ kind: 'file', path, mask, owner: false }).score;
  if (!mask.includes('x')) return rule;
  const transition = /[uU]x/.test(mask) ? 'Ux' : /[pP]i?x/.test(mask) ? 'Px' : /[cC]i?x/.test(mask) ? 'Cx' : 'ix';
  return Math.max(rule, dangerOf({ kind: 'exec', path, owner: false, transition, target: undefined }).score);
}

function networkDangerOf([family = '', type = '']: readonly string[]): number {
  const none = { mask: [], local: undefined, remote: undefined };
  return family === '' ? 7 : dangerOf({ kind: 'network', family, type, ...none }).score;
}
