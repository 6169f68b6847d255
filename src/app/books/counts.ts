import type { Trust } from '../../record/trust.ts';

/** What came of the records so far. */
export interface Counts {
  /** Records of seccomp that were not stored before, by their trust. */
  readonly added: Record<Trust, number>;
  /** Records of seccomp, and AppArmor's, that were stored before, from this or another carrier. */
  duplicates: number;
  /** Marks of our own session-run: no calls of anybody's program. */
  markers: number;
  /** Calls whose arguments were told by an audit rule's record, and not stored before. */
  argued: number;
  /** AppArmor's records that were not stored before, by their trust. */
  readonly accesses: Record<Trust, number>;
  /** Audit records of other types, and those of audit rules that add nothing. */
  others: number;
  /** Losses, and the records that they amount to at most; undefined: a loss of unknown size is among them. */
  losses: number;
  lost: number | undefined;
  /** Runs that were begun. */
  runs: number;
}

export function newCounts(): Counts {
  const added = { kernel: 0, file: 0, forgeable: 0 };
  const accesses = { kernel: 0, file: 0, forgeable: 0 };
  return { added, accesses, duplicates: 0, markers: 0, argued: 0, others: 0, losses: 0, lost: 0, runs: 0 };
}

export function countLosses(counts: Counts, losses: readonly { readonly count: number | undefined }[]): void {
  for (const { count } of losses) {
    counts.losses++;
    counts.lost = counts.lost === undefined || count === undefined ? undefined : counts.lost + count;
  }
}
