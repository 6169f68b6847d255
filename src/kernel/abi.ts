import { ABIS, SYSCALLS } from './tables.gen.ts';

/** An ABI as the kernel tells it: an audit arch token (AUDIT_ARCH_*, audit.h) and the base of its numbers. */
export type Abi = (typeof ABIS)[number];
export type AbiName = Abi['abi'];

/** x32 calls carry the x86_64 token and this bit in the number (__X32_SYSCALL_BIT, asm/unistd.h). */
const X32_BIT = 0x40000000;
const X86_64_TOKEN = 0xc000003e;

/**
 * The ABI that a record's `arch=` and `syscall=` tell; undefined for a token that no table row has.
 * A negative number (syscall=-1: a tracer skipped the call) is no x32 call.
 */
export function abiOf(archToken: number, nr: number): Abi | undefined {
  const wantX32 = archToken === X86_64_TOKEN && nr >= X32_BIT;
  return ABIS.find((abi) => abi.token === archToken && (abi.abi === 'x32') === wantX32);
}

export function abiByName(name: string): Abi | undefined {
  return ABIS.find((abi) => abi.abi === name);
}

/** The name of a call as logged, or undefined where the table has none: then its number is shown. */
export function syscallName(archToken: number, nr: number): string | undefined {
  const abi = abiOf(archToken, nr);
  return abi && namesOf(abi).get(nr - abi.base);
}

/** The number of a call as the kernel logs it on that ABI (base included), or undefined where the ABI has no such call. */
export function syscallNumber(abi: Abi, name: string): number | undefined {
  const nr = numbersOf(abi).get(name);
  return nr === undefined ? undefined : nr + abi.base;
}

/** Every name of an ABI with its number relative to the base. */
export function numbersOf(abi: Abi): ReadonlyMap<string, number> {
  return tableOf(abi).numbers;
}

function namesOf(abi: Abi): ReadonlyMap<number, string> {
  return tableOf(abi).names;
}

interface Table {
  readonly names: ReadonlyMap<number, string>;
  readonly numbers: ReadonlyMap<string, number>;
}

// A table is split when first asked for: one ABI is what nearly every run needs.
const tables = new Map<string, Table>();

function tableOf(abi: Abi): Table {
  const known = tables.get(abi.column);
  if (known) return known;
  const pairs = SYSCALLS[abi.column].split(',').map((pair): [string, number] => {
    const space = pair.indexOf(' ');
    return [pair.slice(0, space), Number(pair.slice(space + 1))];
  });
  const table = { numbers: new Map(pairs), names: new Map(pairs.map(([name, nr]) => [nr, name])) };
  tables.set(abi.column, table);
  return table;
}
