import type { LaneFigures } from '../app/ingest/lane.ts';

/** What a status line tells: figures since the daemon's start. */
export interface StatusLine {
  readonly records: Readonly<Record<string, number>>;
  readonly duplicates: number;
  readonly forgeable: number;
  readonly rejected: number;
  /** At most so many; undefined: not known. */
  readonly lost: number | undefined;
  /** For how long the store has not taken what the slowest source brought. */
  readonly lagMs: number;
  readonly troubled: readonly string[];
}

/** Sums up the sources, records by their carrier. */
export function statusLine(lanes: readonly LaneFigures[]): StatusLine {
  const records: Record<string, number> = {};
  for (const { carrier, records: count } of lanes) {
    if (carrier !== undefined) records[carrier] = (records[carrier] ?? 0) + count;
  }
  const total = (of: (lane: LaneFigures) => number) => lanes.reduce((sum, lane) => sum + of(lane), 0);
  return {
    records,
    duplicates: total((lane) => lane.duplicates),
    forgeable: total((lane) => lane.forgeable),
    rejected: total((lane) => lane.rejected),
    lost: lanes.some((lane) => lane.lost === undefined) ? undefined : total((lane) => lane.lost ?? 0),
    lagMs: Math.max(0, ...lanes.map((lane) => lane.stuckMs)),
    troubled: lanes.flatMap(({ source, trouble }) => (trouble === undefined ? [] : [`${source}: ${trouble}`])),
  };
}
