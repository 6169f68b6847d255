import type { LossState } from '../../observe/import-losses.ts';
import { type JoinCounts, SyscallJoin } from '../../observe/syscall-join.ts';
import type { Loss } from '../../observe/tally.ts';
import { recordOf } from '../../record/call.ts';
import type { Carrier } from '../../record/carrier.ts';
import { RecordPage } from '../../record/page.ts';
import { RecordReader } from '../../record/reader.ts';
import type { LogRecord, Rejection, SeccompRecord } from '../../record/record.ts';
import type { Trust } from '../../record/trust.ts';
import type { Store } from '../../store/store.ts';
import { Book } from './book.ts';
import type { Counts } from './counts.ts';

export interface PassOptions {
  /** The source's name in the store. */
  readonly name: string;
  readonly carrier: Carrier;
  readonly trust: Trust;
  /** The boot of a live source. */
  readonly bootId?: string | undefined;
  readonly localHost: string;
  /** What an earlier reading, which this one continues, left. */
  readonly earlier?: Earlier | undefined;
}

export interface Earlier {
  readonly records: number;
  readonly rejected: number;
  readonly duplicates: number;
  readonly losses: LossState | undefined;
}

export interface Rejected {
  readonly reason: Rejection['reason'];
  readonly field: string | undefined;
  readonly count: number;
  /** The first such line. */
  readonly sample: string;
}

export interface Commit {
  readonly cursor: (losses: LossState) => string;
  readonly last: boolean;
  readonly quiet?: boolean;
  readonly settle: boolean;
}

/** So many calls may wait for the records that an audit rule makes of them, before the first such record tells that there is a rule. */
const LATEST = 64;

/** One reading of one source: bytes to records, records to the store, when its owner says so. */
export class Pass {
  readonly #nowMs: () => number;
  readonly #options: PassOptions;
  readonly #book: Book;
  readonly #rejected = new Map<string, Rejected>();
  #reader: RecordReader;
  readonly #join = new SyscallJoin();
  /** A SYSCALL record came: there is an audit rule, and calls are kept for theirs. */
  #argued = false;
  /** The last calls of the batches before, until that is known. */
  #latest: readonly SeccompRecord[] = [];
  readonly #records = new RecordPage();
  #losses: Loss[] = [];
  #read = 0;

  constructor({ store, nowMs }: { readonly store: Store; readonly nowMs: () => number }, options: PassOptions) {
    this.#nowMs = nowMs;
    this.#options = options;
    this.#book = new Book(store, { ...options, losses: options.earlier?.losses });
    this.#reader = this.#newReader();
  }

  get carrier(): Carrier {
    return this.#options.carrier;
  }

  get counts(): Readonly<Counts> {
    return this.#book.counts;
  }

  /** What came of the records of audit rules. */
  get joins(): JoinCounts {
    return this.#join.counts;
  }

  /** By reason and field, the most frequent first. */
  get rejected(): readonly Rejected[] {
    return [...this.#rejected.values()].sort((a, b) => b.count - a.count);
  }

  /** Records and losses that are not committed yet. */
  get waiting(): number {
    return this.#records.length + this.#losses.length;
  }

  /** Whether serials are missing that are not told yet. */
  get open(): boolean {
    return this.#book.open;
  }

  push(chunk: Buffer): void {
    this.#reader.push(chunk);
  }

  /** The next bytes are no continuation of those before, of which a last line may lack its newline. */
  restart(): void {
    this.#reader.end();
    this.drop();
  }

  /** The next bytes are no continuation, and what stands after the last newline is to be read again. */
  drop(): void {
    this.#reader = this.#newReader();
  }

  /** The source ended, so that what stands after its last newline is a line too. */
  end(): void {
    this.#reader.end();
  }

  /** What the source lost before the bytes that are pushed next. */
  lost(losses: readonly Loss[]): void {
    const { trust } = this.#options;
    for (const loss of losses) {
      const { reason, count, fromMs: atMs, text } = loss;
      // Serials bound these: they stand among the records.
      if (reason === 'kmsg-gap' || reason === 'carrier-restart')
        this.#records.add({ kind: 'loss', trust, reason, count, atMs, text });
      else this.#losses.push(loss);
    }
  }

  /** Commits what waits. Throws what the store throws; it then waits still, to be tried again. */
  commit({ cursor, last, quiet = false, settle }: Commit): void {
    const { name, carrier, trust, earlier } = this.#options;
    const rejected = this.rejected.reduce((sum, { count }) => sum + count, earlier?.rejected ?? 0);
    const figures = { records: (earlier?.records ?? 0) + this.#read, rejected, duplicates: earlier?.duplicates ?? 0 };
    const source = { source: name, carrier, trust, ...figures, atMs: this.#nowMs() };
    this.#book.commit({ records: this.#records, losses: this.#losses, source, cursor, last, quiet, settle });
    if (!this.#argued) this.#latest = [...this.#latest, ...this.#records.latest(LATEST)].slice(-LATEST);
    this.#records.clear();
    this.#losses = [];
  }

  #newReader(): RecordReader {
    return new RecordReader(this.#options, {
      record: (record) => this.#take(record),
      call: (call) => {
        this.#records.push(call);
        this.#read++;
        if (this.#argued) this.#join.push(recordOf(call));
      },
      rejected: (rejection) => this.#reject(rejection),
    });
  }

  #take(record: LogRecord): void {
    this.#records.add(record);
    if (record.kind === 'apparmor') this.#read++;
    if (record.kind !== 'syscall') return;
    if (!this.#argued) this.#beginToJoin();
    const joined = this.#join.join(record);
    if (joined) this.#records.add(joined);
  }

  #beginToJoin(): void {
    this.#argued = true;
    for (const call of [...this.#latest, ...this.#records.latest(LATEST)]) this.#join.push(call);
    this.#latest = [];
  }

  #reject({ reason, field, sample }: Rejection): void {
    const key = `${reason} ${field ?? ''}`;
    const count = (this.#rejected.get(key)?.count ?? 0) + 1;
    this.#rejected.set(key, { sample, ...this.#rejected.get(key), reason, field, count });
  }
}
