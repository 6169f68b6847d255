import { abiOf, numbersOf } from '../kernel/abi.ts';

/** A number from here on tells x32 from x86_64. */
const X32 = 0x4000_0000;

/** SECCOMP_RET_KILL_PROCESS (include/uapi/linux/seccomp.h): a call so answered ends its process too. */
export const KILL_PROCESS = 0x8000_0000;

/** What a call makes of its process: another program (`exec`), or its end. */
export type Turning = 'exec' | 'exit' | undefined;

type Numbers = ReadonlyMap<number, Turning>;

/** Tells the calls after which a process is another, or none; asked for every record, so that it looks up no name. */
export class Turnings {
  #archToken = -1;
  #numbers: Numbers = NONE;

  of(archToken: number, nr: number): Turning {
    if (archToken !== this.#archToken) {
      this.#archToken = archToken;
      this.#numbers = numbersFor(archToken);
    }
    return this.#numbers.get(nr);
  }
}

const NONE: Numbers = new Map();
/** By arch token, those of the table only: a hostile log may bear any. */
const TABLES = new Map<number, Numbers>();

function numbersFor(archToken: number): Numbers {
  const known = TABLES.get(archToken);
  if (known) return known;
  const abis = new Set([abiOf(archToken, 0), abiOf(archToken, X32)]);
  const numbers = new Map([...abis].flatMap((abi) => (abi ? turningsOf(abi) : [])));
  if (numbers.size > 0) TABLES.set(archToken, numbers);
  return numbers;
}

function turningsOf(abi: NonNullable<ReturnType<typeof abiOf>>): [number, Turning][] {
  return [...numbersOf(abi)].flatMap(([name, nr]): [number, Turning][] => {
    if (name === 'exit_group') return [[nr + abi.base, 'exit']];
    return name.startsWith('execve') ? [[nr + abi.base, 'exec']] : [];
  });
}
