import type { LossRecord, Stamp } from '../record/record.ts';
import type { Trust } from '../record/trust.ts';
import { type LostCounter, sinceLast, unexplained } from './lost-counter.ts';
import type { Loss } from './tally.ts';

/** A loss that an import found: it has no run, but a place among the events of a host. */
export interface ImportedLoss extends Loss {
  readonly runId: undefined;
  readonly host: string;
  /** Serials of the events before and after it, where there were any. */
  readonly afterSerial: number | undefined;
  readonly beforeSerial: number | undefined;
  /** Counts equal losses at one place. */
  readonly ordinal: number;
  /** What its source is worth: what is worth less cannot show that nothing is missing. */
  readonly trust?: Trust;
}

/** Records of other CPUs may overtake each other in the kernel's queue by so many. */
const REORDERED = 256;
/** A record that is later than this comes no more. */
const LATE_MS = 5000;
/** The carrier dropped messages that the kernel had numbered: the missing serials around it tell how many at most. */
const NUMBERED: ReadonlySet<LossRecord['reason']> = new Set([
  'suppressed',
  'kmsg-gap',
  'journal-missed',
  'carrier-restart',
]);

interface Gap {
  from: number;
  to: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly told: LossRecord | undefined;
  readonly at: number;
}

interface Host extends LostCounter {
  readonly name: string;
  last: Stamp;
  highest: number;
  gaps: Gap[];
}

/** All that is known of a log's place among its events, as values that JSON can hold: a later reading goes on from there. */
export interface LossState {
  readonly hosts: readonly Readonly<Host>[];
  readonly current: string | undefined;
  readonly told: readonly LossRecord[];
  readonly pushed: number;
}

/** A log may name any number of hosts, and be told any number of losses without an event between: so many are kept apart. */
const HOSTS_MAX = 64;
const TOLD_MAX = 256;

/**
 * Finds what one log lacks: serials that no record bears, and the carrier's own words that records were dropped. A missing
 * serial may have been any audit record, so that every count is an upper bound. Where a carrier says `N callbacks suppressed`
 * and both neighbours are known, the serials between them are the better bound: other users of printk share N.
 */
export class ImportLosses {
  readonly #hosts = new Map<string, Host>();
  #current: Host | undefined;
  #told: LossRecord[] = [];
  #pushed = 0;
  #done: ImportedLoss[] = [];

  /** `state`: where an earlier reading of the same log was. */
  constructor(state?: LossState) {
    if (!state) return;
    for (const host of state.hosts) this.#hosts.set(host.name, { ...host, gaps: [...host.gaps] });
    this.#current = state.current === undefined ? undefined : this.#hosts.get(state.current);
    this.#told = [...state.told];
    this.#pushed = state.pushed;
  }

  /** What flush() has not given yet, and what the next event is held against. */
  get state(): LossState {
    const hosts = [...this.#hosts.values()].map((host) => ({ ...host, gaps: [...host.gaps] }));
    return { hosts, current: this.#current?.name, told: [...this.#told], pushed: this.#pushed };
  }

  /** When the last event was, milliseconds since 1970. */
  get lastMs(): number | undefined {
    return this.#current?.last.atMs;
  }

  /** `count` events of one millisecond, in the log's order, whose serials begin with the stamp's. */
  events(host: string, { atMs, serial }: Stamp, count: number): void {
    this.event(host, { atMs, serial });
    const known = this.#current;
    if (count === 1 || !known) return;
    const last = serial + count - 1;
    if (known.highest === serial) {
      // Each is the next of the one before it.
      known.highest = last;
      this.#pushed += count - 1;
      if (atMs >= known.last.atMs) known.last = { atMs, serial: last };
    } else {
      for (let each = serial + 1; each <= last; each++) this.event(host, { atMs, serial: each });
    }
  }

  /** An event of the log, in the log's order, of any audit type. */
  event(host: string, stamp: Stamp): void {
    this.#pushed++;
    const known = this.#hosts.get(host);
    if (known) this.#follow(known, stamp);
    const current = known ?? this.#meet(host, stamp);
    if (this.#told.length > 0) this.#place(current, known?.last, stamp);
    this.#current = current;
    if (known && stamp.atMs >= known.last.atMs) known.last = stamp;
  }

  lost(loss: LossRecord): void {
    const last = this.#told.at(-1);
    if (!last || this.#told.length < TOLD_MAX) this.#told.push(loss);
    else this.#told[this.#told.length - 1] = { ...last, count: sum(last, loss) };
  }

  /** Whether serials are missing that late records may still bear. */
  get open(): boolean {
    return [...this.#hosts.values()].some(({ gaps }) => gaps.length > 0);
  }

  /** Losses that no later line can change; with `final`, all of them; with `quiet`, missing serials: no record came for long. */
  flush(localHost: string, final: boolean, quiet = false): ImportedLoss[] {
    for (const host of this.#hosts.values()) {
      const settled = ({ at, toMs }: Gap) =>
        final || quiet || at + REORDERED <= this.#pushed || toMs + LATE_MS < host.last.atMs;
      this.#done.push(...host.gaps.filter(settled).map((gap) => gapLoss(host.name, gap)));
      host.gaps = host.gaps.filter((gap) => !settled(gap));
    }
    if (final) {
      this.#place(this.#current ?? { name: localHost }, this.#current?.last, undefined);
    }
    const done = this.#done;
    this.#done = [];
    return done;
  }

  /** The host that was heard of first goes where there are too many: what it lacks is told as far as it is known. */
  #meet(name: string, stamp: Stamp): Host {
    const [oldest] = this.#hosts.values();
    if (oldest && this.#hosts.size >= HOSTS_MAX) {
      this.#done.push(...oldest.gaps.map((gap) => gapLoss(oldest.name, gap)));
      this.#hosts.delete(oldest.name);
    }
    const host = { name, last: stamp, highest: stamp.serial, gaps: [], since: stamp };
    this.#hosts.set(name, host);
    return host;
  }

  #follow(host: Host, { serial, atMs }: Stamp): void {
    const { highest, last } = host;
    if (serial > highest) {
      const told = this.#told.find((loss) => NUMBERED.has(loss.reason));
      this.#told = this.#told.filter((loss) => !NUMBERED.has(loss.reason));
      const gap = { from: highest + 1, to: serial - 1, fromMs: last.atMs, toMs: atMs, told, at: this.#pushed };
      if (gap.from <= gap.to) host.gaps.push(gap);
      host.highest = serial;
    } else if (atMs >= last.atMs && highest - serial > REORDERED) {
      // Serials begin again at boot (kernel/audit.c audit_serial).
      host.highest = serial;
      host.since = last;
      delete host.auditLost;
    } else {
      fill(host, serial);
    }
  }

  /** What was told lies between these events of the host. */
  #place(host: Pick<Host, 'name'> & LostCounter, after: Stamp | undefined, before: Stamp | undefined): void {
    for (const [ordinal, loss] of unexplained(this.#told).entries()) {
      const one = loss.reason === 'audit-lost' ? sinceLast(loss, host, after) : { loss, after };
      if (one.loss.count !== 0) this.#done.push(placed(one.loss, host.name, one.after, before, ordinal));
    }
    this.#told = [];
  }
}

/** Of several losses as one; a counter's values are no counts. */
function sum(one: LossRecord, other: LossRecord): number | undefined {
  if (one.reason === 'audit-lost' || other.reason === 'audit-lost') return undefined;
  return one.count === undefined || other.count === undefined ? undefined : one.count + other.count;
}

/** A serial that came late leaves at most two gaps of the one that it lies in. */
function fill(host: Host, serial: number): void {
  const at = host.gaps.findIndex((gap) => gap.from <= serial && serial <= gap.to);
  const gap = host.gaps[at];
  if (!gap) return;
  const parts = [
    { ...gap, to: serial - 1 },
    { ...gap, from: serial + 1 },
  ];
  host.gaps.splice(at, 1, ...parts.filter((part) => part.from <= part.to));
}

function gapLoss(host: string, { from, to, fromMs, toMs, told }: Gap): ImportedLoss {
  const serials = from === to ? `serial ${from} is` : `serials ${from} to ${to} are`;
  return {
    runId: undefined,
    host,
    reason: told && told.reason !== 'audit-lost' ? told.reason : 'serial-gap',
    fromMs,
    toMs,
    certainty: 'at-most',
    count: to - from + 1,
    text: `${serials} missing${told ? `: ${told.text}` : ''}`,
    afterSerial: from - 1,
    beforeSerial: to + 1,
    ordinal: 0,
  };
}

function placed(
  loss: LossRecord,
  host: string,
  after: Stamp | undefined,
  before: Stamp | undefined,
  ordinal: number,
): ImportedLoss {
  return {
    runId: undefined,
    host,
    reason: loss.reason,
    fromMs: after?.atMs,
    toMs: before?.atMs,
    certainty: loss.count === undefined ? 'unknown' : 'at-most',
    count: loss.count,
    text: loss.text,
    afterSerial: after?.serial,
    beforeSerial: before?.serial,
    ordinal,
  };
}
