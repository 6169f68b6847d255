import path from 'node:path';
import type { Carrier } from '../record/carrier.ts';
import { printable } from '../record/name.ts';
import { RecordReader } from '../record/reader.ts';
import type { LogRecord, Rejection } from '../record/record.ts';
import type { Trust } from '../record/trust.ts';
import type { Store } from '../store/store.ts';
import { type Counts, ImportBook } from './import-book.ts';

/** A transaction holds about so many records; a killed import loses no more of its work. */
const BATCH_RECORDS = 32_768;

export interface PassOptions {
  readonly source: string;
  readonly carrier: Carrier;
  readonly trust: Trust;
  readonly localHost: string;
}

export interface Rejected {
  readonly reason: Rejection['reason'];
  readonly field: string | undefined;
  readonly count: number;
  /** The first such line. */
  readonly sample: string;
}

/** One reading of one source: bytes to records, records to the store in batches. */
export class ImportPass {
  readonly #nowMs: () => number;
  readonly #options: PassOptions;
  readonly #book: ImportBook;
  readonly #reader: RecordReader;
  readonly #rejected = new Map<string, Rejected>();
  #records: LogRecord[] = [];
  #read = 0;

  constructor({ store, nowMs }: { readonly store: Store; readonly nowMs: () => number }, options: PassOptions) {
    this.#nowMs = nowMs;
    this.#options = options;
    this.#book = new ImportBook(store, options);
    this.#reader = new RecordReader(options, {
      record: (record) => {
        this.#records.push(record);
        if (record.kind === 'seccomp') this.#read++;
      },
      rejected: (rejection) => this.#reject(rejection),
    });
  }

  get counts(): Readonly<Counts> {
    return this.#book.counts;
  }

  /** By reason and field, the most frequent first. */
  get rejected(): readonly Rejected[] {
    return [...this.#rejected.values()].sort((a, b) => b.count - a.count);
  }

  push(chunk: Buffer): void {
    this.#reader.push(chunk);
    if (this.#records.length >= BATCH_RECORDS) this.#commit(false);
  }

  /** Commits the rest. `whole`: the source ended, so that what stands after its last newline is a line too. */
  end(whole: boolean): void {
    if (whole) this.#reader.end();
    this.#commit(true);
  }

  #commit(last: boolean): void {
    const { source, carrier, trust } = this.#options;
    const rejected = this.rejected.reduce((sum, { count }) => sum + count, 0);
    const cursor = JSON.stringify({ bytes: this.#reader.counters.bytes, ended: last });
    const name = source === '-' ? source : printable(path.resolve(source));
    const place = { source: name, carrier, trust, cursor, records: this.#read, rejected, atMs: this.#nowMs() };
    this.#book.commit(this.#records, place, last);
    this.#records = [];
  }

  #reject({ reason, field, sample }: Rejection): void {
    const key = `${reason} ${field ?? ''}`;
    const count = (this.#rejected.get(key)?.count ?? 0) + 1;
    this.#rejected.set(key, { sample, ...this.#rejected.get(key), reason, field, count });
  }
}
