import { hostKey } from '../observe/host-key.ts';
import { ImportLosses } from '../observe/import-losses.ts';
import { InferredRuns, SILENCE_MS } from '../observe/inferred-runs.ts';
import { isMarker } from '../observe/marker.ts';
import { Seen } from '../observe/seen.ts';
import { Tallier } from '../observe/tallier.ts';
import type { LogRecord, SeccompRecord } from '../record/record.ts';
import type { Trust } from '../record/trust.ts';
import type { SourceCursor, Store } from '../store/store.ts';

/** The kernel's word for a session that is not set. */
const UNSET = 0xffff_ffff;

/** What came of the records so far. */
export interface Counts {
  /** Records of seccomp that were not stored before, by their trust. */
  readonly added: Record<Trust, number>;
  /** Records of seccomp that were stored before, from this or another carrier. */
  duplicates: number;
  /** Marks of our own session-run: no calls of anybody's program. */
  markers: number;
  /** Audit records of other types. */
  others: number;
  /** Losses, and the records that they amount to at most; undefined: a loss of unknown size is among them. */
  losses: number;
  lost: number | undefined;
  /** Runs that were begun. */
  runs: number;
}

/** Keeps one import's books. */
export class ImportBook {
  readonly counts: Counts = newCounts();
  readonly #store: Store;
  readonly #localHost: string;
  readonly #trust: Trust;
  readonly #tallier = new Tallier();
  readonly #seen: Seen;
  readonly #losses = new ImportLosses();
  readonly #runs: InferredRuns;
  readonly #observed: Store['observedRun'];
  readonly #times: Times = new Map();

  /** `trust` is what the source gets; records below it (a process wrote them) tell nothing of what is missing. */
  constructor(store: Store, { localHost, trust }: { readonly localHost: string; readonly trust: Trust }) {
    this.#store = store;
    this.#localHost = localHost;
    this.#trust = trust;
    this.#seen = new Seen((host, atMs) => store.seenAt(host, atMs));
    this.#observed = observedRuns(store);
    this.#runs = new InferredRuns({
      find: (key, atMs) => store.processes(key, atMs, SILENCE_MS),
      begin: (run) => {
        this.counts.runs++;
        return store.beginRun(run);
      },
    });
  }

  /**
   * Stores these records, what they lack, and how far the source was read, in one transaction. After an error the book
   * is of no more use: what it counted is not stored.
   */
  commit(records: readonly LogRecord[], source: Omit<SourceCursor, 'duplicates'>, last: boolean): void {
    this.#store.atomically(() => {
      for (const record of records) this.#take(record);
      const losses = this.#losses.flush(this.#localHost, last);
      countLosses(this.counts, losses);
      const counted = { tallies: this.#tallier.flush(), seen: this.#seen.flush(), processes: this.#runs.flush() };
      this.#store.append({ ...counted, losses, source: { ...source, duplicates: this.counts.duplicates } });
      if (last) for (const [host, { fromMs, toMs }] of this.#times) this.#store.settleLosses(host, fromMs, toMs);
    });
  }

  #take(record: LogRecord): void {
    if (record.kind === 'loss') return this.#losses.lost(record);
    const host = hostKey(record.host, this.#localHost);
    widen(this.#times, host, record.stamp.atMs);
    if (record.trust === this.#trust) this.#losses.event(host, record.stamp);
    if (record.kind !== 'seccomp') this.counts.others++;
    else if (isMarker(record)) this.counts.markers++;
    else if (!this.#seen.isNew(host, record.stamp, record.trust)) this.counts.duplicates++;
    else this.#add(record, host);
  }

  #add(record: SeccompRecord, host: string): void {
    const observed = this.#observed(host, record.ses, record.stamp.atMs);
    this.#tallier.add(observed ?? this.#runs.runOf(record, host), record);
    this.counts.added[record.trust]++;
  }
}

type Times = Map<string, { fromMs: number; toMs: number }>;

function widen(times: Times, host: string, atMs: number): void {
  const time = times.get(host);
  if (!time) times.set(host, { fromMs: atMs, toMs: atMs });
  else if (atMs > time.toMs) time.toMs = atMs;
  else if (atMs < time.fromMs) time.fromMs = atMs;
}

/** Asks the store once for the records of one session and millisecond, which come together. */
function observedRuns(store: Store): Store['observedRun'] {
  let last:
    | { readonly host: string; readonly ses: number; readonly atMs: number; readonly run: number | undefined }
    | undefined;
  return (host, ses, atMs) => {
    if (ses === UNSET) return undefined;
    if (last?.host !== host || last.ses !== ses || last.atMs !== atMs) {
      last = { host, ses, atMs, run: store.observedRun(host, ses, atMs) };
    }
    return last.run;
  };
}

function newCounts(): Counts {
  return {
    added: { kernel: 0, file: 0, forgeable: 0 },
    duplicates: 0,
    markers: 0,
    others: 0,
    losses: 0,
    lost: 0,
    runs: 0,
  };
}

function countLosses(counts: Counts, losses: readonly { readonly count: number | undefined }[]): void {
  for (const { count } of losses) {
    counts.losses++;
    counts.lost = counts.lost === undefined || count === undefined ? undefined : counts.lost + count;
  }
}
