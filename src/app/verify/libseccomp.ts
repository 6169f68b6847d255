import { spawnSync } from 'node:child_process';
import { type AbiName, abiByName, numbersOf } from '../../kernel/abi.ts';
import { SCMP_ARCHES } from '../../render/architecture.ts';

/** Numbers below are older (Linux 5.1) than any libseccomp that is still about: 2.4.2 has them all. */
const YOUNG = 424;

/**
 * Of these names the ones that this machine's libseccomp does not know, as its own scmp_sys_resolver says; undefined where
 * that is not installed. Names that our table does not have are no calls to ask for.
 */
export function unresolved(names: readonly string[], abi: AbiName): readonly string[] | undefined {
  const numbers = numbersOfAbi(abi);
  const young = names.filter((name) => (numbers.get(name) ?? 0) >= YOUNG);
  const arch = SCMP_ARCHES[abi]?.replace('SCMP_ARCH_', '').toLowerCase();
  if (arch === undefined) return undefined;
  const unknown: string[] = [];
  for (const name of young) {
    const { status, stdout } = spawnSync('scmp_sys_resolver', ['-a', arch, name], { encoding: 'utf8' });
    if (status !== 0) return undefined;
    if (stdout.trim() === '-1') unknown.push(name);
  }
  return unknown;
}

function numbersOfAbi(abi: AbiName): ReadonlyMap<string, number> {
  const found = abiByName(abi);
  return found ? numbersOf(found) : new Map();
}
