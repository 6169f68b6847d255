import type { Envelope } from '../record/record.ts';
import { atLeast, TRUSTS, type Trust } from '../record/trust.ts';

/** The record type of a logged call (linux/audit.h AUDIT_SECCOMP). */
export const SECCOMP = 1326;
/** AUDIT_SYSCALL: a call that an audit rule matched. */
export const SYSCALL = 1300;

/**
 * Events already counted: serials from..to of one record type, all stamped with one millisecond. An event is (host,
 * millisecond, serial, type), of one boot as far as the carrier tells it; a span never covers an event that was not
 * seen, so that two machines' logs under one name, or a serial that came again after a reboot, cannot hide a record. The
 * kernel stamps with its tick (ktime_get_coarse_real_ts64, 1–10 ms), so that a burst makes one span a tick.
 */
export interface SeenSpan {
  readonly host: string;
  readonly trust: Trust;
  readonly type: number;
  /** '' where the carrier did not tell it. */
  readonly bootId: string;
  readonly atMs: number;
  readonly serialFrom: number;
  readonly serialTo: number;
}

/** Every stored span of a host at one millisecond. */
export type SeenLookup = (host: string, atMs: number) => readonly SeenSpan[];

/** One trust's, type's and boot's serials at one millisecond. */
interface Layer {
  readonly trust: Trust;
  readonly type: number;
  readonly bootId: string;
  /** As stored: sorted, without overlap. */
  readonly known: SeenSpan[];
  fresh: Fresh | undefined;
}

interface Moment {
  readonly host: string;
  readonly atMs: number;
  readonly layers: Layer[];
}

/** Who holds a serial: nobody; one of no known boot; one of another boot; this very event. */
type Held = 'no' | 'unknown' | 'other' | 'same';

/**
 * Tells new events from those that were counted before. Two sightings are one event unless their boots are both known and
 * differ. The first boot that tells of an event which was seen without one makes it its own, so that the order in which
 * carriers come does not matter. A less trusted record never hides a more trusted one: an event is a duplicate only where it
 * was seen at the same or a higher trust. Between a first `isNew` and the commit of `flush()` no one else may write spans: do
 * both within one `store.atomically`.
 */
export class Seen {
  readonly #lookup: SeenLookup;
  readonly #hosts = new Map<string, Map<number, Moment>>();
  #last: Moment | undefined;

  constructor(lookup: SeenLookup) {
    this.#lookup = lookup;
  }

  /** True the first time an event is shown at this trust; it then counts as seen. */
  isNew(host: string, { stamp, trust, bootId = '' }: Envelope, type = SECCOMP): boolean {
    const { layers } = this.#moment(host, stamp.atMs);
    let isNew = true;
    for (const level of TRUSTS) {
      const held = heldAt(layers, level, type, bootId, stamp.serial);
      if (held === 'same' || (held === 'unknown' && level !== trust)) return false;
      if (held === 'unknown') isNew = false;
      if (level === trust) break;
    }
    note(layers, trust, type, bootId, stamp.serial, stamp.serial);
    return isNew;
  }

  /**
   * The same for `count` events whose serials begin with the envelope's. Undefined: some of them were seen before, and some
   * not, or by a carrier that did not tell the boot; none is taken then, and each is to be asked for by itself.
   */
  areNew(host: string, envelope: Envelope, count: number): boolean | undefined {
    if (count === 1) return this.isNew(host, envelope);
    const { stamp, trust, bootId = '' } = envelope;
    const { layers } = this.#moment(host, stamp.atMs);
    const last = stamp.serial + count - 1;
    for (const layer of layers) {
      if (layer.type !== SECCOMP || !atLeast(layer.trust, trust)) continue;
      const held = coveredBy(layer, stamp.serial, last);
      if (held === 'all' && (bootId === '' || layer.bootId === bootId)) return false;
      if (held !== 'none') return undefined;
    }
    note(layers, trust, SECCOMP, bootId, stamp.serial, last);
    return true;
  }

  /** The spans to store since the last flush, merged with what they touch, those without a boot first; forgets them. */
  flush(): SeenSpan[] {
    const spans: SeenSpan[] = [];
    for (const moments of this.#hosts.values()) {
      for (const { host, atMs, layers } of moments.values()) {
        for (const layer of layers) if (layer.bootId === '') spans.push(...merged(host, atMs, layer));
        for (const layer of layers) if (layer.bootId !== '') spans.push(...merged(host, atMs, layer));
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
    if (!moment) moments.set(atMs, (moment = { host, atMs, layers: layersOf(this.#lookup(host, atMs)) }));
    this.#last = moment;
    return moment;
  }
}

function layersOf(spans: readonly SeenSpan[]): Layer[] {
  const layers: Layer[] = [];
  for (const span of [...spans].sort((a, b) => a.serialFrom - b.serialFrom)) {
    layerIn(layers, span.trust, span.type, span.bootId).known.push(span);
  }
  return layers;
}

function layerIn(layers: Layer[], trust: Trust, type: number, bootId: string): Layer {
  for (const layer of layers) {
    if (layer.type === type && layer.trust === trust && layer.bootId === bootId) return layer;
  }
  const layer: Layer = { trust, type, bootId, known: [], fresh: undefined };
  layers.push(layer);
  return layer;
}

/** An event that one boot claims is no more the other's. */
function heldAt(layers: readonly Layer[], trust: Trust, type: number, bootId: string, serial: number): Held {
  let held: Held = 'no';
  for (const layer of layers) {
    if (layer.type !== type || layer.trust !== trust || coveredBy(layer, serial, serial) === 'none') continue;
    if (bootId === '' || layer.bootId === bootId) return 'same';
    if (layer.bootId !== '') held = 'other';
    else if (held === 'no') held = 'unknown';
  }
  return held;
}

function note(layers: Layer[], trust: Trust, type: number, bootId: string, from: number, to: number): void {
  const layer = layerIn(layers, trust, type, bootId);
  layer.fresh ??= new Fresh();
  layer.fresh.add(from, to);
}

function coveredBy({ fresh, known }: Layer, from: number, to: number): Covered {
  const stored = covered(known, from, to);
  return stored === 'none' && fresh ? fresh.covers(from, to) : stored;
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
function merged(host: string, atMs: number, { trust, type, bootId, known, fresh }: Layer): SeenSpan[] {
  if (!fresh) return [];
  const parts = fresh.parts();
  if (known.length > 0) {
    const ends = new Set(parts.flat());
    for (const { serialFrom, serialTo } of known) {
      if (ends.has(serialFrom - 1) || ends.has(serialTo + 1)) parts.push([serialFrom, serialTo]);
    }
  }
  const spans: [number, number][] = [];
  for (const part of parts.sort((a, b) => a[0] - b[0])) {
    const last = spans.at(-1);
    if (last && last[1] + 1 === part[0]) last[1] = part[1];
    else spans.push(part);
  }
  return spans.map(([serialFrom, serialTo]) => ({ host, trust, type, bootId, atMs, serialFrom, serialTo }));
}
