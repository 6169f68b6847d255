import type { Pass } from '../books/pass.ts';

/**
 * What all sources have brought since the daemon's start, as counters that only grow, whatever sources come and go. Each
 * has a name of a few words from fixed lists: `records CARRIER TYPE TRUST`, `duplicates CARRIER`, `rejected REASON`,
 * `losses REASON` (places), `lost REASON` (records, at most), `unknown REASON` (places of unknown size).
 */
export class Totals {
  readonly #counters = new Map<string, number>();
  readonly #noted = new WeakMap<Pass, ReadonlyMap<string, number>>();

  get counters(): ReadonlyMap<string, number> {
    return this.#counters;
  }

  /** The sum of all counters of that first word, and of the second where it is given. */
  sum(...words: readonly [string, ...string[]]): number {
    const prefix = `${words.join(' ')} `;
    return [...this.#counters].reduce((sum, [name, count]) => (name.startsWith(prefix) ? sum + count : sum), 0);
  }

  /** Takes over what has been stored of a pass since it was noted last. */
  note(pass: Pass): void {
    const before = this.#noted.get(pass);
    const now = countersOf(pass);
    for (const [name, count] of now) {
      const more = count - (before?.get(name) ?? 0);
      if (more > 0) this.#counters.set(name, (this.#counters.get(name) ?? 0) + more);
    }
    this.#noted.set(pass, now);
  }
}

function countersOf({ carrier, counts, rejected }: Pass): Map<string, number> {
  const counters = new Map<string, number>();
  const add = (name: string, count: number) => void counters.set(name, (counters.get(name) ?? 0) + count);
  for (const [trust, count] of Object.entries(counts.added)) add(`records ${carrier} seccomp ${trust}`, count);
  for (const [type, byTrust] of Object.entries(counts.types)) {
    for (const [trust, count] of Object.entries(byTrust)) add(`records ${carrier} ${type} ${trust}`, count);
  }
  add(`duplicates ${carrier}`, counts.duplicates);
  for (const { reason, count } of rejected) add(`rejected ${reason}`, count);
  for (const [reason, { places, records, unknown }] of Object.entries(counts.reasons)) {
    add(`losses ${reason}`, places);
    add(`lost ${reason}`, records);
    add(`unknown ${reason}`, unknown);
  }
  return counters;
}
