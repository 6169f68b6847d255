import type { Stamp } from '../record/record.ts';
import { atLeast, TRUSTS, type Trust } from '../record/trust.ts';

/**
 * Events already counted: serials from..to, all stamped with one millisecond. An event is (host, millisecond, serial);
 * a span never covers an event that was not seen, so that two machines' logs under one name, or a serial that came
 * again after a reboot, cannot hide a record. The kernel stamps with its tick (ktime_get_coarse_real_ts64, 1–10 ms),
 * so that a burst makes one span a tick.
 */
export interface SeenSpan {
  readonly host: string;
  readonly trust: Trust;
  readonly atMs: number;
  readonly serialFrom: number;
  readonly serialTo: number;
}

/** Every stored span of a host at one millisecond. */
export type SeenLookup = (host: string, atMs: number) => readonly SeenSpan[];

/** One trust's stored spans at one millisecond, sorted; they do not overlap. */
type Known = ReadonlyMap<Trust, readonly SeenSpan[]>;

interface Moment {
  readonly host: string;
  readonly atMs: number;
  readonly known: Known;
  readonly fresh: Map<Trust, Set<number>>;
}

/**
 * Tells new events from those that were counted before. A less trusted record never hides a more trusted one: an event
 * is a duplicate only where it was seen at the same or a higher trust. Between a first `isNew` and the commit of
 * `flush()` no one else may write spans: do both within one `store.atomically`.
 */
export class Seen {
  readonly #lookup: SeenLookup;
  readonly #hosts = new Map<string, Map<number, Moment>>();
  #last: Moment | undefined;

  constructor(lookup: SeenLookup) {
    this.#lookup = lookup;
  }

  /** True the first time an event is shown at this trust; it then counts as seen. */
  isNew(host: string, stamp: Stamp, trust: Trust): boolean {
    const moment = this.#moment(host, stamp.atMs);
    for (const at of TRUSTS) {
      if (!atLeast(at, trust)) break;
      if (moment.fresh.get(at)?.has(stamp.serial) || covers(moment.known.get(at), stamp.serial)) return false;
    }
    const serials = moment.fresh.get(trust);
    if (serials) serials.add(stamp.serial);
    else moment.fresh.set(trust, new Set([stamp.serial]));
    return true;
  }

  /** The spans to store since the last flush, merged with what they touch; forgets them. */
  flush(): SeenSpan[] {
    const spans: SeenSpan[] = [];
    for (const moments of this.#hosts.values()) {
      for (const moment of moments.values()) {
        for (const [trust, serials] of moment.fresh) spans.push(...merged(moment, trust, serials));
      }
    }
    this.#hosts.clear();
    this.#last = undefined;
    return spans;
  }

  #moment(host: string, atMs: number): Moment {
    if (this.#last?.atMs === atMs && this.#last.host === host) return this.#last;
    let moments = this.#hosts.get(host);
    if (!moments) this.#hosts.set(host, (moments = new Map()));
    let moment = moments.get(atMs);
    if (!moment) {
      moments.set(atMs, (moment = { host, atMs, known: byTrust(this.#lookup(host, atMs)), fresh: new Map() }));
    }
    this.#last = moment;
    return moment;
  }
}

function byTrust(spans: readonly SeenSpan[]): Known {
  const known = new Map<Trust, SeenSpan[]>();
  for (const span of [...spans].sort((a, b) => a.serialFrom - b.serialFrom)) {
    const same = known.get(span.trust);
    if (same) same.push(span);
    else known.set(span.trust, [span]);
  }
  return known;
}

function covers(spans: readonly SeenSpan[] | undefined, serial: number): boolean {
  if (!spans) return false;
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.serialFrom ?? 0) <= serial) low = middle + 1;
    else high = middle;
  }
  return (spans[low - 1]?.serialTo ?? -1) >= serial;
}

function merged({ host, atMs, known }: Moment, trust: Trust, serials: ReadonlySet<number>): SeenSpan[] {
  const parts = [...serials].map((serial): [number, number] => [serial, serial]);
  for (const { serialFrom, serialTo } of known.get(trust) ?? []) {
    if (serials.has(serialFrom - 1) || serials.has(serialTo + 1)) parts.push([serialFrom, serialTo]);
  }
  const spans: [number, number][] = [];
  for (const part of parts.sort((a, b) => a[0] - b[0])) {
    const last = spans.at(-1);
    if (last && last[1] + 1 === part[0]) last[1] = part[1];
    else spans.push(part);
  }
  return spans.map(([serialFrom, serialTo]) => ({ host, trust, atMs, serialFrom, serialTo }));
}
