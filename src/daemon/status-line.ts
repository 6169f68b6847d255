import type { LaneFigures } from '../app/ingest/lane.ts';
import type { Totals } from '../app/ingest/totals.ts';
import { CARRIERS, type Carrier } from '../record/carrier.ts';

/** What a status line tells: figures since the daemon's start. */
export interface StatusLine {
  /** New records of seccomp by their carrier. */
  readonly records: Readonly<Partial<Record<Carrier, number>>>;
  readonly duplicates: number;
  readonly forgeable: number;
  readonly rejected: number;
  /** At most so many; undefined: not known. */
  readonly lost: number | undefined;
  /** For how long the store has not taken what the slowest source brought. */
  readonly lagMs: number;
  readonly troubled: readonly string[];
}

/** Sums up what came, and how the sources do. */
export function statusLine(lanes: readonly LaneFigures[], totals: Totals): StatusLine {
  const byCarrier = CARRIERS.map((carrier) => [carrier, totals.sum('records', carrier, 'seccomp')] as const);
  const forgeable = CARRIERS.map((carrier) => totals.counters.get(`records ${carrier} seccomp forgeable`) ?? 0);
  return {
    records: Object.fromEntries(byCarrier.filter(([, count]) => count > 0)),
    duplicates: totals.sum('duplicates'),
    forgeable: forgeable.reduce((sum, count) => sum + count, 0),
    rejected: totals.sum('rejected'),
    lost: totals.sum('unknown') > 0 ? undefined : totals.sum('lost'),
    lagMs: Math.max(0, ...lanes.map((lane) => lane.stuckMs)),
    troubled: lanes.flatMap(({ source, trouble }) => (trouble === undefined ? [] : [`${source}: ${trouble}`])),
  };
}
