import { type Abi, numbersOf } from '../kernel/abi.ts';
import { type CallFacts, callFacts, RESOURCES, type Resource } from '../kernel/call-facts.ts';
import { systemdSet } from '../kernel/systemd-sets.ts';

/** A call that gives much to one who has taken the process over. */
export interface DangerousCall {
  readonly name: string;
  /** 1 to 10. */
  readonly danger: number;
  readonly why: string;
}

/** How much a list opens, beside a list that is known. */
export interface Comparison {
  readonly with: string;
  /** Calls of the ABI that the known list allows, on conditions too. */
  readonly size: number;
  /** Calls that only this list allows. */
  readonly beyond: readonly string[];
}

/** What a person should know of a list before using it: what it is for, what is dangerous in it, how large it is. */
export interface Reading {
  /** Allowed calls, and all that the ABI has. */
  readonly surface: { readonly allowed: number; readonly all: number };
  readonly resources: readonly { readonly resource: Resource; readonly names: readonly string[] }[];
  /** The most dangerous first. */
  readonly dangerous: readonly DangerousCall[];
  readonly comparisons: readonly Comparison[];
}

/** A list that people know, and whether it allows a call. */
export interface KnownList {
  readonly name: string;
  readonly allows: (name: string) => boolean;
}

/** What Podman gives a container by default, without an added capability (containers-common 0.50.1). */
export const CONTAINER_DEFAULT: KnownList = {
  name: "Podman's default",
  allows: (name) => (callFacts(name)?.container ?? 'no') !== 'no',
};

/** What systemd's manual recommends to begin with (SystemCallFilter=@system-service). */
export const SYSTEM_SERVICE: KnownList = {
  name: "systemd's @system-service",
  allows: (name) => systemdSet('@system-service')?.has(name) === true,
};

/** So much and more is named as dangerous. */
const DANGEROUS = 4;

/** Reads a list of call names of one ABI; names that are in no table count, but stand in no group. */
export function readingOf(names: readonly string[], abi: Abi, known: readonly KnownList[]): Reading {
  const facts = names.flatMap((name): (CallFacts & { name: string })[] => {
    const one = callFacts(name);
    return one ? [{ ...one, name }] : [];
  });
  const resources = RESOURCES.map((resource) => ({
    resource,
    names: facts.filter((one) => one.resource === resource).map(({ name }) => name),
  }));
  const dangerous = facts.filter(({ danger }) => danger >= DANGEROUS);
  return {
    surface: { allowed: names.length, all: numbersOf(abi).size },
    resources: resources.filter((group) => group.names.length > 0),
    dangerous: dangerous
      .map(({ name, danger, why }) => ({ name, danger, why }))
      .sort((a, b) => b.danger - a.danger || a.name.localeCompare(b.name)),
    comparisons: known.map((list) => compare(names, abi, list)),
  };
}

/** Why a call is dangerous in the hands of whoever takes the program over; undefined for one that is not among these. */
export function dangerOf(name: string): string | undefined {
  const facts = callFacts(name);
  return facts && facts.danger >= DANGEROUS ? facts.why : undefined;
}

function compare(names: readonly string[], abi: Abi, { name, allows }: KnownList): Comparison {
  const size = [...numbersOf(abi).keys()].filter(allows).length;
  return { with: name, size, beyond: names.filter((one) => !allows(one)) };
}
