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

/** What a path needs, by who asked. */
interface Need {
  readonly everyone: Set<string>;
  readonly owner: Set<string>;
  ofEveryone: Evidence | undefined;
  ofOwner: Evidence | undefined;
}

/** As apparmor.d(5) shows them. */
const ORDER = 'mrwalk';

/** A rule for each access. To create (c) and to delete (d) is to write. `mask`: what was asked for, or what of it was lacking. */
export function fileRules(seen: readonly Seen<FileAccess>[], mask: (access: FileAccess) => string): Found[] {
  return seen.flatMap(({ access, evidence }): Found[] => {
    const letters = lettersOf(access, mask(access));
    if (letters === '') return [];
    return [{ rule: { kind: 'file', path: pathOf(access), mask: letters, owner: access.owner === 'owner' }, evidence }];
  });
}

/** A link's rule names both ends, so that it allows no other target. */
export function linkRules(seen: readonly Seen<FileAccess>[], mask: (access: FileAccess) => string): Found[] {
  return seen.flatMap(({ access, evidence }): Found[] => {
    if (access.target === undefined || !mask(access).includes('l')) return [];
    const ends = { path: pathOf(access), target: literal(access.target) };
    return [{ rule: { kind: 'link', ...ends, owner: access.owner === 'owner' }, evidence }];
  });
}

/** One file rule a path, or two: what only its owner did is allowed to an owner only. The rest comes as it is. */
export function onePerPath(found: readonly Found[]): Found[] {
  const needs = new Map<Pattern, Need>();
  const rest = found.filter((one) => {
    if (one.rule.kind !== 'file') return true;
    add(needs, one.rule, one.evidence);
    return false;
  });
  return [...[...needs].flatMap(([path, need]) => rulesOf(path, need)), ...rest];
}

/** A file that the kernel found no way to is looked up as if it stood at the root, where the profile has attach_disconnected. */
export function pathOf({ path }: { readonly path: string }): Pattern {
  return literal(path.startsWith('/') ? path : `/${path}`);
}

function lettersOf(access: FileAccess, mask: string): string {
  const letters = mask.split('').map((letter) => (letter === 'c' || letter === 'd' ? 'w' : letter));
  return letters.filter((letter) => letter !== 'x' && (letter !== 'l' || access.target === undefined)).join('');
}

function add(
  needs: Map<Pattern, Need>,
  { path, mask, owner }: Rule & { readonly kind: 'file' },
  evidence: Evidence,
): void {
  let need = needs.get(path);
  if (!need)
    needs.set(path, (need = { everyone: new Set(), owner: new Set(), ofEveryone: undefined, ofOwner: undefined }));
  for (const letter of mask) (owner ? need.owner : need.everyone).add(letter);
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

/** Who may write may append. */
function rule(path: Pattern, letters: ReadonlySet<string>, owner: boolean): Rule {
  const mask = ORDER.split('')
    .filter((letter) => letters.has(letter) && !(letter === 'a' && letters.has('w')))
    .join('');
  return { kind: 'file', path, mask, owner };
}
