import { type Abi, abiByName } from '../kernel/abi.ts';
import { type Added, close } from './closure/close.ts';
import type { Decision } from './decision.ts';
import { listableNumber } from './listable.ts';
import { observed } from './observed.ts';
import { pointNeeds } from './points/needs.ts';
import { SYSTEMD_ALLOWS, SYSTEMD_DEFAULT } from './points/systemd.ts';
import type { Manual, Profile, Reason, Refused, Rule } from './profile.ts';

/**
 * Makes a list of what was seen: a person's word first (`decisions` by call, as decision.ts has it), then the closure, then
 * what the point of injection needs and what it grants. `libcs` are those of the runs (`glibc 2.36`); empty: not known. A call that was denied by hand comes in by none of them.
 */
export function complete(seen: Profile, decisions: ReadonlyMap<string, Decision>, libcs: readonly string[]): Profile {
  const abi = abiOf(seen);
  const { closure, point } = seen.policy;
  const denied = new Set([...decisions.values()].filter(({ verdict }) => verdict === 'deny').map(({ call }) => call));
  const limits = { barred: denied, libcs };
  const list = new Map(seen.rules.map((rule) => [callOf(rule), rule]));
  for (const call of denied) list.delete(call);
  for (const one of decisions.values()) if (one.verdict === 'allow') put(list, one.call, wordOf(one), abi);
  const offered = closure === 'none' ? close(list.keys(), 'libc', abi, limits) : [];
  for (const { name, reason } of close(list.keys(), closure, abi, limits)) put(list, name, reason, abi);
  for (const { name, reason } of point ? pointNeeds(point) : []) if (!denied.has(name)) put(list, name, reason, abi);
  const rules = [...list.values()].sort((a, b) => a.archToken - b.archToken || a.nr - b.nr);
  const isGranted = (rule: Rule): boolean => point === 'systemd' && isSystemds(rule);
  const granted = rules.filter(isGranted);
  return {
    ...seen,
    rules: rules.filter((rule) => !granted.includes(rule)),
    granted: granted.map((rule) => ({ rule, by: SYSTEMD_ALLOWS })),
    refused: [...denied].flatMap((call) => refusal(call, decisions, seen)),
    offered: asRules(offered, abi).filter((rule) => !isGranted(rule)),
  };
}

/** A call as a list names it. */
export function callOf({ name, nr }: { readonly name: string | undefined; readonly nr: number }): string {
  return name ?? String(nr);
}

function abiOf({ policy }: Profile): Abi {
  const abi = abiByName(policy.abi);
  if (!abi) throw new Error(`no table has the ABI ${policy.abi}`);
  return abi;
}

/** What is on the list for a better reason keeps it; a name that the ABI lacks cannot be called there. */
function put(list: Map<string, Rule>, call: string, reason: Reason, abi: Abi): void {
  if (list.has(call)) return;
  const isNumber = /^\d+$/.test(call);
  const nr = isNumber ? Number(call) : listableNumber(abi, call);
  if (nr !== undefined) list.set(call, { name: isNumber ? undefined : call, nr, archToken: abi.token, reason });
}

function asRules(added: readonly Added[], abi: Abi): readonly Rule[] {
  const rules = new Map<string, Rule>();
  for (const { name, reason } of added) put(rules, name, reason, abi);
  return [...rules.values()];
}

function isSystemds({ name }: Rule): boolean {
  return name !== undefined && SYSTEMD_DEFAULT.has(name);
}

function wordOf({ who, atMs, why }: Decision): Manual {
  return { kind: 'manual', who, atMs, why };
}

function refusal(call: string, decisions: ReadonlyMap<string, Decision>, { rules }: Profile): Refused[] {
  const decision = decisions.get(call);
  const seen = observed(rules).find((rule) => callOf(rule) === call)?.reason;
  return decision ? [{ call, reason: wordOf(decision), seen }] : [];
}
