import type { Envelope } from '../record/record.ts';
import { TRUSTS, type Trust } from '../record/trust.ts';

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
  fresh: Set<number> | undefined;
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
    note(layers, trust, type, bootId, stamp.serial);
    return isNew;
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
    if (layer.type !== type || layer.trust !== trust || !holds(layer, serial)) continue;
    if (bootId === '' || layer.bootId === bootId) return 'same';
    if (layer.bootId !== '') held = 'other';
    else if (held === 'no') held = 'unknown';
  }
  return held;
}

function note(layers: Layer[], trust: Trust, type: number, bootId: string, serial: number): void {
  const layer = layerIn(layers, trust, type, bootId);
  layer.fresh ??= new Set();
  layer.fresh.add(serial);
}

function holds({ fresh, known }: Layer, serial: number): boolean {
  return fresh?.has(serial) === true || covers(known, serial);
}

function covers(spans: readonly SeenSpan[], serial: number): boolean {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.serialFrom ?? 0) <= serial) low = middle + 1;
    else high = middle;
  }
  return (spans[low - 1]?.serialTo ?? -1) >= serial;
}

function merged(host: string, atMs: number, { trust, type, bootId, known, fresh }: Layer): SeenSpan[] {
  if (!fresh) return [];
  const parts = [...fresh].map((serial): [number, number] => [serial, serial]);
  for (const { serialFrom, serialTo } of known) {
    if (fresh.has(serialFrom - 1) || fresh.has(serialTo + 1)) parts.push([serialFrom, serialTo]);
  }
  const spans: [number, number][] = [];
  for (const part of parts.sort((a, b) => a[0] - b[0])) {
    const last = spans.at(-1);
    if (last && last[1] + 1 === part[0]) last[1] = part[1];
    else spans.push(part);
  }
  return spans.map(([serialFrom, serialTo]) => ({ host, trust, type, bootId, atMs, serialFrom, serialTo }));
}
