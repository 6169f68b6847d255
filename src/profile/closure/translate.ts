import type { Abi, AbiName } from '../../kernel/abi.ts';
import { listableNumber } from '../listable.ts';
import type { Variant } from '../reason.ts';
import { PORTABLE_RULES } from './portable.ts';

export interface Translation {
  readonly calls: readonly { readonly name: string; readonly reason: Variant }[];
  /** Calls that the other ABI has neither by name nor by a stand-in. */
  readonly untranslated: readonly Untranslated[];
}

export interface Untranslated {
  readonly name: string;
  /** What is known of it: that it is not needed there, or that nothing is known. */
  readonly why: string;
}

/** Calls that one architecture alone needs, with what takes their place where that is a call. */
const LOCAL: Readonly<Record<string, { readonly why: string; readonly instead: Partial<Record<AbiName, string>> }>> = {
  arch_prctl: {
    why: 'it sets the thread pointer of x86_64, which is done without a call there',
    instead: { i386: 'set_thread_area', mips: 'set_thread_area', mipsel: 'set_thread_area', m68k: 'set_thread_area' },
  },
  set_thread_area: {
    why: 'it sets the thread pointer of 32 bits, which is done otherwise there',
    instead: { x86_64: 'arch_prctl' },
  },
};

/** The names of one ABI's list on another: the same call, or those that stand in for it there. */
export function translate(names: readonly string[], from: Abi, to: Abi): Translation {
  const calls = new Map<string, Variant>();
  const untranslated: Untranslated[] = [];
  for (const name of names) {
    const found = counterparts(name, to);
    const reason = (call: string) => reasonOf(name, call, from, to, found.rule);
    for (const call of found.names) if (!calls.has(call)) calls.set(call, reason(call));
    if (found.names.length === 0)
      untranslated.push({ name, why: LOCAL[name]?.why ?? `no stand-in is known on ${to.abi}` });
  }
  return { calls: [...calls].map(([name, reason]) => ({ name, reason })), untranslated };
}

function counterparts(name: string, to: Abi): { readonly names: readonly string[]; readonly rule: string } {
  const local = LOCAL[name];
  if (local) {
    const instead = local.instead[to.abi];
    return { names: instead === undefined ? [] : [instead], rule: 'translate/thread-pointer' };
  }
  if (has(to, name)) return { names: [name], rule: 'translate/same' };
  const rule = PORTABLE_RULES.find(({ when, adds }) => when.includes(name) && adds.some((add) => has(to, add)));
  return { names: rule?.adds.filter((add) => has(to, add)) ?? [], rule: rule?.id ?? '' };
}

function reasonOf(name: string, call: string, from: Abi, to: Abi, rule: string): Variant {
  const why = name === call ? `the same call on ${to.abi}` : `${to.abi} has it in place of ${name}`;
  return { kind: 'variant', of: name, rule, why: `seen on ${from.abi}; ${why}` };
}

function has(abi: Abi, name: string): boolean {
  return listableNumber(abi, name) !== undefined;
}
