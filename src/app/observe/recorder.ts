import { messageOf } from '../../errors.ts';
import { ArgumentTallier } from '../../observe/argument.ts';
import { Seen, SYSCALL } from '../../observe/seen.ts';
import { SyscallJoin } from '../../observe/syscall-join.ts';
import { Tallier } from '../../observe/tallier.ts';
import type { JoinedCall, SeccompRecord, SyscallRecord } from '../../record/record.ts';
import type { NewRun, RunTally, Store } from '../../store/store.ts';

/** At most so many records, and so many milliseconds, are lost to the store when this process dies. */
const BATCH_RECORDS = 10_000;
const BATCH_MS = 250;

export interface RecordedRun {
  readonly id: number;
  readonly mode: NewRun['mode'];
  readonly host: string;
  /** The session that the run was stored with. */
  readonly own: number | undefined;
}

/** Counts one run's records and commits them in batches while the run goes on. */
export class Recorder {
  readonly #store: Store;
  readonly runId: number;
  readonly mode: NewRun['mode'];
  readonly #host: string;
  readonly #tallier = new Tallier();
  readonly #args = new ArgumentTallier();
  readonly #join = new SyscallJoin();
  readonly #calls = new Set<string>();
  readonly #seen: Seen;
  readonly #sessions = new Set<number>();
  readonly #pids = new Set<number>();
  readonly #samples = new Map<string, SeccompRecord>();
  readonly #timer: NodeJS.Timeout;
  #pending: SeccompRecord[] = [];
  #joined: JoinedCall[] = [];
  #records = 0;
  #failure: unknown;

  constructor(store: Store, run: RecordedRun) {
    this.#store = store;
    this.runId = run.id;
    this.mode = run.mode;
    this.#host = run.host;
    this.#seen = new Seen(store.seenAt.bind(store));
    if (run.own !== undefined) this.#sessions.add(run.own);
    this.#timer = setInterval(() => this.#tryFlush(), BATCH_MS);
  }

  get records(): number {
    return this.#records;
  }

  /** Different calls (ABI and number). */
  get calls(): number {
    return this.#calls.size;
  }

  /** What stood against storing; the observed program runs on, and its observer says so at the end. */
  get failure(): string | undefined {
    return this.#failure === undefined ? undefined : messageOf(this.#failure);
  }

  /** Whether a process of this id has made a call. */
  hasPid(pid: number): boolean {
    return this.#pids.has(pid);
  }

  /** The first record of each program's each call. */
  get samples(): Iterable<SeccompRecord> {
    return this.#samples.values();
  }

  add(record: SeccompRecord): void {
    this.#records++;
    this.#pids.add(record.pid);
    this.#pending.push(record);
    this.#join.push(record);
    if (this.#pending.length >= BATCH_RECORDS) this.#tryFlush();
  }

  /** An audit rule's record of a call, this run's or another's. */
  returned(record: SyscallRecord): void {
    const joined = this.#join.join(record);
    if (joined) this.#joined.push(joined);
  }

  /** Commits what was counted since, sessions included; throws what the store throws. */
  flush(): void {
    const batch = this.#pending;
    if (batch.length === 0 && this.#joined.length === 0) return;
    this.#store.atomically(() => {
      const stored = new StoredCalls(this.#store, this.runId);
      for (const record of batch) this.#count(record, stored);
      for (const ses of new Set(batch.map((record) => record.ses))) this.#addSession(ses);
      for (const joined of this.#joined) this.#countArguments(joined);
      const counted = { tallies: this.#tallier.flush(), args: this.#args.flush(), seen: this.#seen.flush() };
      this.#store.append({ ...counted, losses: [] });
    });
    this.#pending = [];
    this.#joined = [];
  }

  /** No more batches by themselves. */
  stop(): void {
    clearInterval(this.#timer);
  }

  #tryFlush(): void {
    if (this.#failure !== undefined) {
      this.#pending = [];
      this.#joined = [];
      return;
    }
    try {
      this.flush();
    } catch (error) {
      this.#failure = error;
    }
  }

  /**
   * The store then knows each event as counted, whatever carrier it comes by again. An import that ran meanwhile may have
   * counted it already, as this run's or, where it did not know that the session is ours, as another's.
   */
  #count(record: SeccompRecord, stored: StoredCalls): void {
    const isNew = this.#seen.isNew(this.#host, record);
    if (isNew || !stored.has(record)) this.#tallier.add(this.runId, record);
    this.#calls.add(`${record.archToken} ${record.nr}`);
    const key = keyOf(record);
    if (!this.#samples.has(key)) this.#samples.set(key, record);
  }

  #countArguments(joined: JoinedCall): void {
    if (this.#seen.isNew(this.#host, joined.syscall, SYSCALL)) this.#args.add(this.runId, joined);
  }

  #addSession(ses: number): void {
    if (this.#sessions.has(ses)) return;
    this.#sessions.add(ses);
    this.#store.addSession(this.runId, ses);
  }
}

/** What the store holds of a run before a batch; asked for only where it may matter. */
class StoredCalls {
  readonly #store: Store;
  readonly #runId: number;
  #keys: ReadonlySet<string> | undefined;

  constructor(store: Store, runId: number) {
    this.#store = store;
    this.#runId = runId;
  }

  has(record: SeccompRecord): boolean {
    this.#keys ??= new Set(this.#store.tallies([this.#runId]).map(keyOf));
    return this.#keys.has(keyOf(record));
  }
}

function keyOf({ exe, archToken, nr, code, trust }: SeccompRecord | RunTally): string {
  return JSON.stringify([exe, archToken, nr, code, trust]);
}
