import { ArgumentTallier } from '../../observe/argument.ts';
import { Bursts } from '../../observe/bursts.ts';
import { hostKey } from '../../observe/host-key.ts';
import { ImportLosses, type LossState } from '../../observe/import-losses.ts';
import { InferredRuns, SILENCE_MS } from '../../observe/inferred-runs.ts';
import { hasKernelSerial } from '../../observe/kernel-serial.ts';
import { isMarker } from '../../observe/marker.ts';
import { Seen, SYSCALL } from '../../observe/seen.ts';
import { type Sighting, sightingOf } from '../../observe/sighting.ts';
import { Tallier } from '../../observe/tallier.ts';
import type { Loss } from '../../observe/tally.ts';
import type { Aside, RecordPage } from '../../record/page.ts';
import type { JoinedCall, LogRecord, LossRecord, SeccompRecord } from '../../record/record.ts';
import { TRUSTS, type Trust } from '../../record/trust.ts';
import type { ImportedLoss, SourceCursor, Store } from '../../store/store.ts';
import { type Counts, countLosses, countOther, newCounts } from './counts.ts';
import { observedRuns } from './observed-runs.ts';
import { Times } from './times.ts';

export interface BookOptions {
  readonly localHost: string;
  /** What the source gets; records below it (a process wrote them) tell nothing of what is missing. */
  readonly trust: Trust;
  /** Where an earlier reading of the same source stopped. */
  readonly losses?: LossState | undefined;
}

/** What is committed together. */
export interface Entry {
  readonly records: RecordPage;
  /** Losses that the source itself tells, beside those in its lines. */
  readonly losses: readonly Loss[];
  /** Figures of earlier readings and of this one, its duplicates excepted. */
  readonly source: Omit<SourceCursor, 'cursor'>;
  /** The cursor to store, as JSON; `losses` goes into it where the reading is to go on later. */
  readonly cursor: (losses: LossState) => string;
  /** No later line can change what is known of losses. */
  readonly last: boolean;
  /** No record came for so long that none is late. */
  readonly quiet?: boolean;
  /** Take from stored losses what has been seen since. */
  readonly settle: boolean;
}

/** Keeps one source's books: each event once, whatever carrier it came by, and what is missing between them. */
export class Book {
  readonly #store: Store;
  readonly #localHost: string;
  readonly #trust: Trust;
  #counts: Counts = newCounts();
  #losses: ImportLosses;
  #times = new Times();

  constructor(store: Store, { localHost, trust, losses }: BookOptions) {
    this.#store = store;
    this.#localHost = localHost;
    this.#trust = trust;
    this.#losses = new ImportLosses(losses);
  }

  get counts(): Readonly<Counts> {
    return this.#counts;
  }

  /** Whether serials are missing that are not told yet. */
  get open(): boolean {
    return this.#losses.open;
  }

  /**
   * Stores these records, what they lack, and how far the source was read, in one transaction. After an error nothing is
   * stored and the book is as before: the same may be tried again.
   */
  commit(entry: Entry): void {
    const before = { counts: structuredClone(this.#counts), losses: this.#losses.state, times: this.#times.copy() };
    try {
      this.#store.atomically(() => this.#write(entry));
    } catch (error) {
      this.#counts = before.counts;
      this.#losses = new ImportLosses(before.losses);
      this.#times = before.times;
      throw error;
    }
  }

  #write({ records, losses: told, source, cursor, last, quiet, settle }: Entry): void {
    const page = newPage(this.#store, this.#counts);
    const fromMs = this.#losses.lastMs;
    records.visit({
      calls: (from, end) => this.#takeCalls(records, from, end, page),
      other: (record) => this.#takeOther(record, page),
    });
    const toMs = records.length > 0 ? this.#losses.lastMs : source.atMs;
    const placed = told.map((loss) =>
      placeless({ ...loss, fromMs: loss.fromMs ?? fromMs, toMs: loss.toMs ?? toMs }, this.#localHost),
    );
    const found = [...this.#losses.flush(this.#localHost, last, quiet), ...placed];
    const losses = found.map((loss) => ({ ...loss, trust: this.#trust }));
    countLosses(this.#counts, losses);
    const counted = {
      tallies: page.tallier.flush(),
      args: page.args.flush(),
      seen: page.seen.flush(),
      processes: page.runs.flush(),
    };
    this.#addAccesses(page.sightings);
    const { duplicates } = this.#counts;
    const row = { ...source, duplicates: source.duplicates + duplicates, cursor: cursor(this.#losses.state) };
    this.#store.append({ ...counted, losses, source: row });
    if (settle) for (const time of this.#times.take()) this.#store.settleLosses(time.host, time.fromMs, time.toMs);
  }

  #takeOther(record: Aside, page: Page): void {
    if (record.kind === 'joined') return this.#join(record, page);
    countOther(this.#counts, record.kind, record.trust);
    if (record.kind === 'loss') return this.#losses.lost(record);
    const host = hostKey(record.host, this.#localHost);
    this.#place(record, host, 1);
    if (record.kind === 'apparmor') page.sightings.push(sightingOf(record, host));
    else this.#counts.others++;
  }

  /** Where `count` events, of which the record is the first, stand among their host's. */
  #place(record: Exclude<LogRecord, LossRecord>, host: string, count: number): void {
    this.#times.widen(host, record.stamp.atMs);
    if (record.trust === this.#trust && hasKernelSerial(record)) this.#losses.events(host, record.stamp, count);
  }

  #takeCalls(records: RecordPage, from: number, end: number, page: Page): void {
    for (let at = from; at < end; ) {
      const next = page.bursts.endOf(records, at, end);
      const record = records.recordAt(at);
      const host = hostKey(record.host, this.#localHost);
      this.#place(record, host, next - at);
      if (isMarker(record)) this.#countMarker(record);
      else this.#takeBurst({ records, host, page, from: at, end: next }, record);
      at = next;
    }
  }

  /** Takes a burst, of which `record` is the first, as one; or, where only some of it was seen before, record by record. */
  #takeBurst(burst: Burst, record: SeccompRecord): void {
    const { records, host, page, from, end } = burst;
    const isNew = page.seen.areNew(host, record, end - from);
    if (isNew === undefined) {
      for (let at = from; at < end; at++) this.#takeBurst({ ...burst, from: at, end: at + 1 }, records.recordAt(at));
      return;
    }
    if (!isNew) this.#counts.duplicates += end - from;
    else this.#add(burst, record);
  }

  #add({ records, host, page, from, end }: Burst, record: SeccompRecord): void {
    const { ses, stamp, trust } = record;
    this.#counts.added[trust] += end - from;
    const observed = page.observed(host, ses, stamp.atMs);
    const runId = observed ?? page.runs.runOf(record, host);
    const whole = observed !== undefined || !page.runs.endedIn(stamp.atMs);
    page.tallier.addCalls(runId, record, records, from, whole ? end : from + 1);
    if (whole) return;
    for (let at = from + 1; at < end; at++) {
      const each = records.recordAt(at);
      page.tallier.addCalls(page.runs.runOf(each, host), each, records, at, at + 1);
    }
  }

  #countMarker({ trust }: SeccompRecord): void {
    this.#counts.markers++;
    countOther(this.#counts, 'marker', trust);
  }

  #addAccesses(sightings: readonly Sighting[]): void {
    if (sightings.length === 0) return;
    const { added, known } = this.#store.addAccesses(sightings);
    for (const trust of TRUSTS) this.#counts.accesses[trust] += added[trust];
    this.#counts.duplicates += known;
  }

  /** The call itself was taken before, or by another carrier: its arguments join the run that it is in. */
  #join(joined: JoinedCall, page: Page): void {
    const { call, syscall } = joined;
    const host = hostKey(call.host, this.#localHost);
    if (isMarker(call) || !page.seen.isNew(host, syscall, SYSCALL)) return;
    const runId = page.observed(host, call.ses, call.stamp.atMs) ?? page.runs.find(call, host);
    if (runId === undefined) return;
    page.args.add(runId, joined);
    this.#counts.argued++;
    this.#counts.others--;
  }
}

interface Burst {
  readonly records: RecordPage;
  readonly host: string;
  readonly page: Page;
  readonly from: number;
  readonly end: number;
}

/** What is known within one transaction only: others write between two. */
interface Page {
  readonly bursts: Bursts;
  readonly tallier: Tallier;
  readonly args: ArgumentTallier;
  readonly seen: Seen;
  readonly sightings: Sighting[];
  readonly runs: InferredRuns;
  readonly observed: Store['observedRun'];
}

function newPage(store: Store, counts: Counts): Page {
  return {
    bursts: new Bursts(),
    tallier: new Tallier(),
    args: new ArgumentTallier(),
    seen: new Seen((host, atMs) => store.seenAt(host, atMs)),
    sightings: [],
    runs: new InferredRuns({
      find: (key, atMs) => store.processes(key, atMs, SILENCE_MS),
      begin: (run) => {
        counts.runs++;
        return store.beginRun(run);
      },
    }),
    observed: observedRuns(store),
  };
}

/** A source knows no serials; where it knows no time, it is that of the events around it. */
function placeless(loss: Loss, host: string): ImportedLoss {
  return { ...loss, runId: undefined, host, afterSerial: undefined, beforeSerial: undefined, ordinal: 0 };
}
