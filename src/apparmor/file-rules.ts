import type { FileAccess } from '../record/access.ts';
import { together } from './evidence.ts';
import { literal, type Pattern } from './pattern.ts';
import type { Evidence, Rule } from './rule.ts';

/** An access with what stands behind it. */
export interface Seen<Kind> {
  readonly access: Kind;
  readonly evidence: Evidence;
}

export interface Found {
  readonly rule: Rule;
  readonly evidence: Evidence;
}

export interface FileReading {
  /** What was asked for, or what of it was lacking. */
  readonly mask: (access: FileAccess) => string;
  /** A path as it is to stand in a rule. */
  readonly path: (path: Pattern) => Pattern;
}

/** What a path needs, by who asked. */
interface Need {
  readonly everyone: Set<string>;
  readonly owner: Set<string>;
  ofEveryone: Evidence | undefined;
  ofOwner: Evidence | undefined;
}

/** As apparmor.d(5) shows them. */
const ORDER = 'mrwalk';

/**
 * One rule a path, or two: what only its owner did is allowed to an owner only. To create (c) and to delete (d) is to write; who may write may append.
 */
export function fileRules(seen: readonly Seen<FileAccess>[], { mask, path }: FileReading): Found[] {
  const needs = new Map<Pattern, Need>();
  for (const one of seen) {
    const letters = lettersOf(one.access, mask(one.access));
    if (letters.length > 0) add(needs, path(pathOf(one.access)), letters, one);
  }
  return [...needs].flatMap(([pattern, need]) => rulesOf(pattern, need));
}

/** A link's rule names both ends, so that it allows no other target. */
export function linkRules(seen: readonly Seen<FileAccess>[], { mask, path }: FileReading): Found[] {
  return seen.flatMap(({ access, evidence }) => {
    if (access.target === undefined || !mask(access).includes('l')) return [];
    const owner = access.owner === 'owner';
    const ends = { path: path(pathOf(access)), target: path(literal(access.target)) };
    return [{ rule: { kind: 'link', ...ends, owner }, evidence }];
  });
}

/** A file that the kernel found no way to is looked up as if it stood at the root, where the profile has attach_disconnected. */
export function pathOf({ path }: { readonly path: string }): Pattern {
  return literal(path.startsWith('/') ? path : `/${path}`);
}

function lettersOf(access: FileAccess, mask: string): string[] {
  const letters = [...mask].map((letter) => (letter === 'c' || letter === 'd' ? 'w' : letter));
  return letters.filter((letter) => letter !== 'x' && (letter !== 'l' || access.target === undefined));
}

function add(
  needs: Map<Pattern, Need>,
  path: Pattern,
  letters: readonly string[],
  { access, evidence }: Seen<FileAccess>,
): void {
  let need = needs.get(path);
  if (!need)
    needs.set(path, (need = { everyone: new Set(), owner: new Set(), ofEveryone: undefined, ofOwner: undefined }));
  const owner = access.owner === 'owner';
  for (const letter of letters) (owner ? need.owner : need.everyone).add(letter);
  if (owner) need.ofOwner = together(need.ofOwner, evidence);
  else need.ofEveryone = together(need.ofEveryone, evidence);
}

function rulesOf(path: Pattern, { everyone, owner, ofEveryone, ofOwner }: Need): Found[] {
  const rest = new Set([...owner].filter((letter) => !everyone.has(letter)));
  if (everyone.has('w')) rest.delete('a');
  const found: Found[] = [];
  // What an owner did is evidence of the wider rule too, where it leaves nothing over.
  const evidence = rest.size === 0 && ofOwner ? together(ofEveryone, ofOwner) : ofEveryone;
  if (everyone.size > 0 && evidence) found.push({ rule: rule(path, everyone, false), evidence });
  if (rest.size > 0 && ofOwner) found.push({ rule: rule(path, rest, true), evidence: ofOwner });
  return found;
}

function rule(path: Pattern, letters: ReadonlySet<string>, owner: boolean): Rule {
  const mask = [...ORDER].filter((letter) => letters.has(letter) && !(letter === 'a' && letters.has('w'))).join('');
  return { kind: 'file', path, mask, owner };
}
