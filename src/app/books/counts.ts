import type { Loss } from '../../observe/tally.ts';
import type { Trust } from '../../record/trust.ts';

/** What a record is that is no new record of seccomp. */
export type OtherType = 'marker' | 'syscall' | 'apparmor' | 'login' | 'loss' | 'other';

/** Losses of one reason. */
export interface LostFor {
  readonly places: number;
  /** At most, as far as it is known. */
  readonly records: number;
  /** Places where nobody knows how many. */
  readonly unknown: number;
}

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
  /** All records that are no calls, by type and trust. */
  readonly types: Partial<Record<OtherType, Partial<Record<Trust, number>>>>;
  /** Losses, and the records that they amount to at most; undefined: a loss of unknown size is among them. */
  losses: number;
  lost: number | undefined;
  readonly reasons: Partial<Record<Loss['reason'], LostFor>>;
  /** Runs that were begun. */
  runs: number;
}

export function newCounts(): Counts {
  const added = { kernel: 0, file: 0, forgeable: 0 };
  const accesses = { kernel: 0, file: 0, forgeable: 0 };
  const calls = { added, duplicates: 0, markers: 0, argued: 0, runs: 0 };
  return { ...calls, accesses, others: 0, types: {}, losses: 0, lost: 0, reasons: {} };
}

export function countOther({ types }: Counts, type: OtherType, trust: Trust): void {
  const byTrust = (types[type] ??= {});
  byTrust[trust] = (byTrust[trust] ?? 0) + 1;
}

export function countLosses(counts: Counts, losses: readonly Pick<Loss, 'reason' | 'count'>[]): void {
  for (const { reason, count } of losses) {
    counts.losses++;
    counts.lost = counts.lost === undefined || count === undefined ? undefined : counts.lost + count;
    const { places, records, unknown } = counts.reasons[reason] ?? { places: 0, records: 0, unknown: 0 };
    counts.reasons[reason] = {
      places: places + 1,
      records: records + (count ?? 0),
      unknown: unknown + (count === undefined ? 1 : 0),
    };
  }
}
