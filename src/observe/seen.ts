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
  readonly fresh: Map<Trust, Fresh>;
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
    return this.areNew(host, stamp, trust, 1) === true;
  }

  /**
   * The same for `count` events whose serials begin with the stamp's. Undefined: some of them were seen before, and some
   * not; none is taken then, and each is to be asked for by itself.
   */
  areNew(host: string, { atMs, serial }: Stamp, trust: Trust, count: number): boolean | undefined {
    const moment = this.#moment(host, atMs);
    const last = serial + count - 1;
    for (const at of TRUSTS) {
      if (!atLeast(at, trust)) break;
      const known = covered(moment.known.get(at), serial, last);
      const seen = known === 'none' ? (moment.fresh.get(at)?.covers(serial, last) ?? 'none') : known;
      if (seen === 'all') return false;
      if (seen === 'some') return undefined;
    }
    let fresh = moment.fresh.get(trust);
    if (!fresh) moment.fresh.set(trust, (fresh = new Fresh()));
    fresh.add(serial, last);
    return true;
  }

  /** The spans to store since the last flush, merged with what they touch; forgets them. */
  flush(): SeenSpan[] {
    const spans: SeenSpan[] = [];
    for (const moments of this.#hosts.values()) {
      for (const moment of moments.values()) {
        for (const [trust, fresh] of moment.fresh) spans.push(...merged(moment, trust, fresh));
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

const NOTHING: Known = new Map();

function byTrust(spans: readonly SeenSpan[]): Known {
  if (spans.length === 0) return NOTHING;
  const known = new Map<Trust, SeenSpan[]>();
  for (const span of [...spans].sort((a, b) => a.serialFrom - b.serialFrom)) {
    const same = known.get(span.trust);
    if (same) same.push(span);
    else known.set(span.trust, [span]);
  }
  return known;
}

type Covered = 'all' | 'some' | 'none';

/** How much of from..to the sorted spans cover. */
function covered(spans: readonly Pick<SeenSpan, 'serialFrom' | 'serialTo'>[] = [], from: number, to: number): Covered {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.serialFrom ?? 0) <= to) low = middle + 1;
    else high = middle;
  }
  const last = spans[low - 1];
  if (!last || last.serialTo < from) return 'none';
  return last.serialFrom <= from && to <= last.serialTo ? 'all' : 'some';
}

/** The serials that came since the last flush. They mostly ascend, so that a span is extended in place; `late` holds the others. */
class Fresh {
  readonly #spans: { readonly serialFrom: number; serialTo: number }[] = [];
  #late: Set<number> | undefined;

  covers(from: number, to: number): Covered {
    if (from > (this.#spans.at(-1)?.serialTo ?? -1)) return 'none';
    const spans = covered(this.#spans, from, to);
    const late = this.#late;
    if (spans !== 'none' || !late) return spans;
    let count = 0;
    for (let serial = from; serial <= to; serial++) if (late.has(serial)) count++;
    return count === 0 ? 'none' : count === to - from + 1 ? 'all' : 'some';
  }

  /** Serials that are new, all of them. */
  add(from: number, to: number): void {
    const last = this.#spans.at(-1);
    if (last && from === last.serialTo + 1) last.serialTo = to;
    else if (!last || from > last.serialTo) this.#spans.push({ serialFrom: from, serialTo: to });
    else for (let serial = from; serial <= to; serial++) (this.#late ??= new Set()).add(serial);
  }

  /** All of them, in no order. */
  parts(): [number, number][] {
    const spans = this.#spans.map(({ serialFrom, serialTo }): [number, number] => [serialFrom, serialTo]);
    return this.#late ? [...spans, ...[...this.#late].map((serial): [number, number] => [serial, serial])] : spans;
  }
}

/** Known spans that touch one of these are merged with it. */
function merged({ host, atMs, known }: Moment, trust: Trust, fresh: Fresh): SeenSpan[] {
  const parts = fresh.parts();
  const stored = known.get(trust);
  if (stored) {
    const ends = new Set(parts.flat());
    for (const { serialFrom, serialTo } of stored) {
      if (ends.has(serialFrom - 1) || ends.has(serialTo + 1)) parts.push([serialFrom, serialTo]);
    }
  }
  const spans: [number, number][] = [];
  for (const part of parts.sort((a, b) => a[0] - b[0])) {
    const last = spans.at(-1);
    if (last && last[1] + 1 === part[0]) last[1] = part[1];
    else spans.push(part);
  }
  return spans.map(([serialFrom, serialTo]) => ({ host, trust, atMs, serialFrom, serialTo }));
}
