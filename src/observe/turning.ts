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
  readonly #known = new Map<number, Numbers>();
  #archToken = -1;
  #numbers: Numbers = NONE;

  of(archToken: number, nr: number): Turning {
    if (archToken !== this.#archToken) {
      this.#archToken = archToken;
      this.#numbers = this.#of(archToken);
    }
    return this.#numbers.get(nr);
  }

  #of(archToken: number): Numbers {
    const known = this.#known.get(archToken);
    if (known) return known;
    const abis = new Set([abiOf(archToken, 0), abiOf(archToken, X32)]);
    const numbers = new Map([...abis].flatMap((abi) => (abi ? turningsOf(abi) : [])));
    // Only tokens of the table are kept: a hostile log may bear any.
    if (numbers.size > 0) this.#known.set(archToken, numbers);
    return numbers;
  }
}

const NONE: Numbers = new Map();

function turningsOf(abi: NonNullable<ReturnType<typeof abiOf>>): [number, Turning][] {
  return [...numbersOf(abi)].flatMap(([name, nr]): [number, Turning][] => {
    if (name === 'exit_group') return [[nr + abi.base, 'exit']];
    return name.startsWith('execve') ? [[nr + abi.base, 'exec']] : [];
  });
}
