import { profileName } from '../apparmor/pattern.ts';
import type { PolicySuggestion, Suggested } from '../apparmor/policy.ts';
import type { Evidence, RatedRule } from '../apparmor/rule.ts';
import { ruleText } from './apparmor-rule.ts';

export interface ProfileForm {
  readonly mode: 'complain' | 'enforce';
  readonly deny: boolean;
}

/** From this danger on a rule says in the profile why. */
const TOLD_FROM = 7;
const LEARNING = '//null-';

/** A profile that loads, its evidence in comments. */
export function profileText(suggestion: PolicySuggestion, { mode, deny }: ProfileForm): string {
  const { root, evidence, newer, disconnected } = suggestion;
  const flags = [...(mode === 'complain' ? ['complain'] : []), ...(disconnected ? ['attach_disconnected'] : [])];
  return [
    ...(evidence ? headerLines(evidence) : []),
    `abi <abi/${newer ? '4.0' : '3.0'}>,`,
    'include <tunables/global>',
    '',
    ...profileLines(nameOf(root), root, flags, deny),
    '',
  ].join('\n');
}

/** The rules alone, a line each; of children, as the profiles that they are. */
export function rulesText({ root }: PolicySuggestion, deny: boolean): string {
  return bodyLines(root, [], deny)
    .map((line) => `${line}\n`)
    .join('');
}

/** The lines that stand between the braces, by so many blanks. */
export function bodyLines(
  { rules, children }: Suggested,
  flags: readonly string[],
  deny: boolean,
  told = false,
): readonly string[] {
  // A limit cannot be refused: it is one.
  const shown = rules.filter(({ rule }) => !deny || rule.kind !== 'rlimit');
  const lines = shown.flatMap((rule) => [...(told ? dangerLines(rule) : []), ruleText(rule.rule, deny)]);
  const inner = children.flatMap((child) => profileLines(openingOf(child), child, flags, deny));
  return [...lines, ...(lines.length > 0 && inner.length > 0 ? [''] : []), ...inner];
}

function profileLines(opening: string, profile: Suggested, flags: readonly string[], deny: boolean): string[] {
  const body = bodyLines(profile, flags, deny, true).map((line) => (line === '' ? '' : `  ${line}`));
  return [`${opening}${flags.length > 0 ? ` flags=(${flags.join(', ')})` : ''} {`, ...body, '}'];
}

function openingOf({ kind, name }: Suggested): string {
  return kind === 'hat' ? `^${profileName(name)}` : `profile ${profileName(name)}`;
}

/** A learning profile's own name is the program that it was made for. */
function nameOf({ name }: Suggested): string {
  const at = name.lastIndexOf(LEARNING);
  return `profile ${profileName(at < 0 ? name : name.slice(at + LEARNING.length))}`;
}

function dangerLines({ danger }: RatedRule): string[] {
  return danger.score >= TOLD_FROM ? [`# danger ${danger.score}: ${danger.reason}`] : [];
}

function headerLines({ count, verdicts, firstMs, lastMs, hosts }: Evidence): string[] {
  const records = `${count} record${count === 1 ? '' : 's'} (${verdicts.join(', ')})`;
  return [`# By profiler, from ${records} of host ${hosts.join(', ')},`, `# ${iso(firstMs)} to ${iso(lastMs)}`];
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
