import type { LossRecord, Stamp } from '../record/record.ts';

/** What is known of a host's `audit_lost=`. */
export interface LostCounter {
  /** Where the log, or the boot that it tells of, begins. */
  since?: Stamp;
  /** The counter as it was last told, after which event. */
  auditLost?: { readonly count: number; readonly after: Stamp | undefined };
}

/** A loss, and the event after which it came to be. */
interface Since {
  readonly loss: LossRecord;
  readonly after: Stamp | undefined;
}

/**
 * The line tells a counter since boot: what is new in it was lost since the line before that told it, not since the event
 * before. Lower than before: the counter was set back (auditctl --reset-lost). A first one tells all since boot.
 * `after` is the event before the line.
 */
export function sinceLast(loss: LossRecord, host: LostCounter, after: Stamp | undefined): Since {
  const { count } = loss;
  const last = host.auditLost;
  if (count === undefined) return { loss, after };
  host.auditLost = { count, after };
  const delta = last && count >= last.count ? count - last.count : count;
  return { loss: { ...loss, count: delta }, after: after && (last?.after ?? host.since) };
}

/**
 * The kernel counts each of its complaints (kernel/audit.c audit_log_lost): one before a line that tells the counter is in
 * it; so is one right after it, but for `audit_backlog=`, which stands before the count of its own loss.
 */
export function unexplained(told: readonly LossRecord[]): readonly LossRecord[] {
  const counted = told.findLastIndex(({ reason }) => reason === 'audit-lost');
  return told.filter(({ reason, text }, at) => {
    if (reason !== 'backlog' && reason !== 'rate') return true;
    return !(at < counted || (at === counted + 1 && counted >= 0 && !text.startsWith('audit: audit_backlog=')));
  });
}
