import type { Abi } from '../../kernel/abi.ts';
import { listableNumber } from '../listable.ts';
import type { Implied, Variant } from '../reason.ts';
import { LIBC_RULES } from './libc.ts';
import { PORTABLE_RULES } from './portable.ts';
import type { Closure, ClosureRule } from './rule.ts';

export interface Added {
  readonly name: string;
  readonly reason: Implied | Variant;
}

/** All rules of a closure, in the order in which a call that two of them add gets its reason. */
export function rulesOf(closure: Closure): readonly ClosureRule[] {
  if (closure === 'none') return [];
  return closure === 'libc' ? LIBC_RULES : [...LIBC_RULES, ...PORTABLE_RULES];
}

export interface ClosureLimits {
  /** Calls that come in by no rule. */
  readonly barred?: ReadonlySet<string>;
  /** What the runs had: `glibc 2.36`; empty: not known. */
  readonly libcs?: readonly string[];
}

/**
 * What a closure adds to these names on an ABI, each with its reason, until no rule adds anything more; never one that is
 * barred. Names that the table does not know ask for nothing and stay.
 */
export function close(
  names: Iterable<string>,
  closure: Closure,
  abi: Abi,
  { barred = new Set(), libcs = [] }: ClosureLimits = {},
): readonly Added[] {
  const has = new Set(names);
  const added: Added[] = [];
  const rules = rulesOf(closure).filter((rule) => isOf(rule, libcs));
  for (let before = -1; before !== has.size; ) {
    before = has.size;
    for (const rule of rules) {
      const asks = rule.when.find((name) => has.has(name));
      if (asks === undefined && rule.when.length > 0) continue;
      for (const name of rule.adds) {
        if (has.has(name) || barred.has(name) || listableNumber(abi, name) === undefined) continue;
        has.add(name);
        added.push({ name, reason: reasonOf(rule, asks) });
      }
    }
  }
  return added;
}

function isOf({ libc }: ClosureRule, libcs: readonly string[]): boolean {
  return libc === undefined || libcs.length === 0 || libcs.some((one) => libc.test(one));
}

function reasonOf({ set, id, why }: ClosureRule, asks: string | undefined): Implied | Variant {
  if (set === 'libc' || asks === undefined) return { kind: 'implied', rule: id, why };
  return { kind: 'variant', of: asks, rule: id, why };
}
