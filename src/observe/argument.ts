import { valueArguments } from '../kernel/value-arguments.ts';
import type { JoinedCall } from '../record/record.ts';
import type { Trust } from '../record/trust.ts';

/** So many different values of one argument are kept apart; further ones are counted together. */
export const VALUES_MAX = 64;

/** How often an argument of one call of a program had one value. */
export interface ArgumentTally {
  readonly runId: number;
  readonly exe: string;
  readonly archToken: number;
  readonly nr: number;
  /** SECCOMP_RET_* action, as of the call's tally. */
  readonly code: number;
  readonly trust: Trust;
  /** 0 to 3. */
  readonly index: number;
  /** Hexadecimal as logged, 64 bits without a sign; undefined: any of those that are not kept apart. */
  readonly value: string | undefined;
  readonly count: number;
}

/** Counts the values of arguments per run, program, call, action and trust. Its memory follows the number of different values. */
export class ArgumentTallier {
  readonly #counts = new Map<string, { -readonly [Key in keyof ArgumentTally]: ArgumentTally[Key] }>();

  add(runId: number, { call, syscall }: JoinedCall): void {
    const { exe, archToken, nr, code, trust } = call;
    for (const { index } of valueArguments(archToken, nr)) {
      const value = syscall.args[index];
      const key = `${runId} ${archToken} ${nr} ${code} ${trust} ${index} ${value} ${exe}`;
      const known = this.#counts.get(key);
      if (known) known.count++;
      else this.#counts.set(key, { runId, exe, archToken, nr, code, trust, index, value, count: 1 });
    }
  }

  /** What was counted since the last flush; starts anew. */
  flush(): ArgumentTally[] {
    const counts = [...this.#counts.values()];
    this.#counts.clear();
    return counts;
  }
}
