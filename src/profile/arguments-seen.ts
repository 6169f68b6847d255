import { valueArguments } from '../kernel/value-arguments.ts';
import type { ArgumentTally } from '../observe/argument.ts';

/** What one argument of a call was, as far as SYSCALL records tell. */
export interface ArgumentSeen {
  /** 0 to 3. */
  readonly index: number;
  /** What the manual page calls it. */
  readonly name: string | undefined;
  /** Hexadecimal (0x2), the whole register; the most frequent first. */
  readonly values: readonly { readonly value: string; readonly count: number }[];
  /** How often it had another value: too many to tell apart. */
  readonly others: number;
}

/** The arguments that tallies of one call tell of, by index; the order of tallies does not matter. */
export function argumentsSeen(call: readonly ArgumentTally[]): ArgumentSeen[] {
  const indices = [...new Set(call.map(({ index }) => index))].sort((a, b) => a - b);
  return indices.map((index) => argumentSeen(index, call));
}

function argumentSeen(index: number, call: readonly ArgumentTally[]): ArgumentSeen {
  const counts = new Map<string, number>();
  let others = 0;
  for (const { value, count } of call.filter((tally) => tally.index === index)) {
    if (value === undefined) others += count;
    else counts.set(value, (counts.get(value) ?? 0) + count);
  }
  const values = [...counts]
    .map(([value, count]) => ({ value: `0x${value}`, count }))
    .sort((a, b) => b.count - a.count || compare(a.value, b.value));
  return { index, name: nameOf(index, call), values, others };
}

function nameOf(index: number, [first]: readonly ArgumentTally[]): string | undefined {
  return first && valueArguments(first.archToken, first.nr).find((argument) => argument.index === index)?.name;
}

/** Shorter numbers are smaller. */
function compare(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}
