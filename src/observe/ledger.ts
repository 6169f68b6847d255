import type { LossRecord } from '../record/record.ts';
import type { Loss } from './tally.ts';

/** The counters of the kernel's audit status that tell of loss (AUDIT_GET). */
export interface AuditCounters {
  readonly lost: number;
}

export interface Evidence {
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  /** Serials that never came between the markers. */
  readonly missing: number;
  /** What the carrier itself said. */
  readonly said: readonly LossRecord[];
  /** The kernel's status before and after; undefined where it may not be asked. */
  readonly before: AuditCounters | undefined;
  readonly after: AuditCounters | undefined;
  /** The end marker was seen, so that `missing` is all that was given a serial. */
  readonly ended: boolean;
}

/**
 * The run's losses, none counted twice. Missing serials are what is surely gone (of any process: an upper bound for the
 * run); what the carrier said gives them their reason, and counts for itself only where the end was not seen. Events
 * that the kernel gave up before they had a serial show only in its lost counter.
 */
export function ledger(evidence: Evidence): Loss[] {
  const { fromMs, toMs, said, missing, ended } = evidence;
  const losses: Loss[] = [];
  let left = missing;
  for (const [reason, records] of byReason(said)) {
    const counts = records.map((record) => record.count);
    const total = counts.every((count) => count !== undefined) ? sum(counts) : undefined;
    const text = records
      .map((record) => record.text)
      .slice(-3)
      .join('; ');
    // An overflow tells no number: all that is missing is its doing.
    const count = ended ? Math.min(left, total ?? left) : total;
    left -= ended ? (count ?? 0) : 0;
    if (count === 0) continue;
    losses.push({ reason, fromMs, toMs, certainty: count === undefined ? 'unknown' : 'at-most', count, text });
  }
  if (left > 0) losses.push(gap(left, evidence));
  return [...losses, ...neverNumbered(evidence)];
}

/** Reasons that name records which had a serial or a place in the log, so that their absence shows. */
const COUNTED: ReadonlySet<LossRecord['reason']> = new Set(['suppressed', 'kmsg-gap', 'enobufs', 'rate']);
/** Those that the kernel's lost counter counts too. */
const UNCOUNTED: ReadonlySet<LossRecord['reason']> = new Set(['backlog', 'audit-lost']);

function byReason(said: readonly LossRecord[]): Map<LossRecord['reason'], LossRecord[]> {
  const reasons = new Map<LossRecord['reason'], LossRecord[]>();
  for (const record of said) {
    if (!COUNTED.has(record.reason)) continue;
    reasons.set(record.reason, [...(reasons.get(record.reason) ?? []), record]);
  }
  return reasons;
}

function gap(count: number, { fromMs, toMs }: Evidence): Loss {
  const text = `${count} serials are missing between the run's markers`;
  return { reason: 'serial-gap', fromMs, toMs, certainty: 'at-most', count, text };
}

/** The counter's difference; where it may not be asked for, at least that the kernel complained. */
function neverNumbered({ before, after, fromMs, toMs, said }: Evidence): Loss[] {
  if (!before || !after) {
    const complaint = said.find(({ reason }) => UNCOUNTED.has(reason));
    if (!complaint) return [];
    return [{ reason: complaint.reason, fromMs, toMs, certainty: 'unknown', count: undefined, text: complaint.text }];
  }
  // A 32-bit counter that auditctl can set back to 0.
  const count = after.lost >= before.lost ? after.lost - before.lost : after.lost;
  if (count === 0) return [];
  const text = `the kernel's lost counter went from ${before.lost} to ${after.lost}`;
  return [{ reason: 'audit-lost', fromMs, toMs, certainty: 'at-most', count, text }];
}

function sum(counts: readonly (number | undefined)[]): number {
  return counts.reduce<number>((total, count) => total + (count ?? 0), 0);
}
