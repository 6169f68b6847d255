import { type Abi, syscallNumber } from '../kernel/abi.ts';

/** Numbers that a list can hold, relative to the ABI's base (native/policy.h POLICY_NR_MAX); the kernel's tables end far below. */
const LISTABLE_END = 1024;

export function isListable(abi: Abi | undefined, nr: number): boolean {
  const relative = nr - (abi?.base ?? 0);
  return relative >= 0 && relative < LISTABLE_END;
}

/** The number that a list of this ABI can hold for a call; undefined where there is none (arm's own calls lie too high). */
export function listableNumber(abi: Abi, name: string): number | undefined {
  const nr = syscallNumber(abi, name);
  return nr !== undefined && isListable(abi, nr) ? nr : undefined;
}
