import type { AccessCount } from '../observe/sighting.ts';
import type { Transition } from './rule.ts';

/** A profile and the accesses that are its own to allow. */
export interface Node {
  /** As the kernel has it: of a child, without its parent's name. */
  readonly name: string;
  readonly kind: 'profile' | 'child' | 'hat';
  readonly accesses: AccessCount[];
  readonly children: Node[];
}

export interface Tree {
  readonly root: Node;
  /** Profiles that need a profile of their own, as they are asked for. */
  readonly elsewhere: readonly string[];
  /** The profile, or its child, that a label of the log stands for. */
  readonly label: (label: string) => string;
}

const LEARNING = 'null-';

/**
 * In complain mode a program that is started goes on under a learning profile (`P//null-PATH`), whose accesses show what it needs.
 * Where it inherits (ix) they are the parent's own; where it gets a child (Cx) they are that child's, and what the child
 * starts inherits from it; where it has a profile of its own (Px), or none (Ux), they are nobody's here.
 */
export function treeOf(profile: string, accesses: readonly AccessCount[], transition: Transition): Tree {
  const root: Node = { name: profile, kind: 'profile', accesses: [], children: [] };
  const learned = learnedPaths(accesses);
  const hats = new Set(
    accesses.flatMap(({ access }) => (access.kind === 'change_hat' ? [lastName(access.target)] : [])),
  );
  const elsewhere = new Set<string>();
  const home = (label: string): string | undefined => homeOf(profile, label, transition, learned);
  for (const hat of hats) root.children.push({ name: hat, kind: 'hat', accesses: [], children: [] });
  for (const one of accesses) {
    const name = home(one.profile);
    if (name === undefined) elsewhere.add(one.profile);
    else (name === '' ? root : childOf(root, name)).accesses.push(one);
  }
  const label = (text: string): string => {
    const name = text.startsWith(`${profile}//`) ? home(text) : undefined;
    return name === undefined ? text : name === '' ? profile : `${profile}//${name}`;
  };
  return { root, elsewhere: [...elsewhere].sort(), label };
}

/** The program that a learning profile is for; a name that is too long, or taken, is a number. */
function learnedPaths(accesses: readonly AccessCount[]): ReadonlyMap<string, string> {
  return new Map(
    accesses.flatMap(({ access }) =>
      access.kind === 'exec' && access.target !== undefined ? [[access.target, access.path]] : [],
    ),
  );
}

/** '' : the profile itself; undefined: none here. */
function homeOf(
  profile: string,
  label: string,
  transition: Transition,
  learned: ReadonlyMap<string, string>,
): string | undefined {
  if (label === profile) return '';
  let home = '';
  let full = profile;
  for (const part of label.slice(profile.length + 2).split('//')) {
    full = `${full}//${part}`;
    if (!part.startsWith(LEARNING)) {
      if (home !== '') return undefined;
      home = part;
    } else if (transition === 'Px' || transition === 'Ux') {
      return undefined;
    } else if (transition === 'Cx' && home === '') {
      home = learned.get(full) ?? part.slice(LEARNING.length);
    }
  }
  return home;
}

function childOf(root: Node, name: string): Node {
  const known = root.children.find((child) => child.name === name);
  if (known) return known;
  const child: Node = { name, kind: 'child', accesses: [], children: [] };
  root.children.push(child);
  return child;
}

function lastName(profile: string): string {
  return profile.slice(profile.lastIndexOf('//') < 0 ? 0 : profile.lastIndexOf('//') + 2);
}
