import { type Call, recordOf } from './call.ts';
import { type Carrier, defaultTrust } from './carrier.ts';
import { type Feed, newFeed } from './feed.ts';
import type { Reading } from './line.ts';
import type { LogRecord, Rejection, RejectionReason } from './record.ts';
import type { Trust } from './trust.ts';

export interface RecordSink {
  record(record: LogRecord): void;
  /** Takes records of seccomp in place of record(), without their making garbage: what it is given is the reader's own. */
  call?(call: Call): void;
  rejected(rejection: Rejection): void;
}

export interface ReaderOptions {
  readonly carrier: Carrier;
  /**
   * What the source is worth, in place of its kind's defaultTrust: less for a file that somebody captured, or the operator's word.
   * A line that itself says that a process wrote it stays `forgeable` all the same.
   */
  readonly trust?: Trust | undefined;
  /** The boot that the source tells of, where it is live: the kernel's own carriers do not say. */
  readonly bootId?: string | undefined;
}

export interface ReaderCounters {
  bytes: number;
  /** Lines (journal: entries) that were looked into; where a carrier mixes ours with others', only those that may be ours. */
  lines: number;
  records: number;
  readonly rejected: Partial<Record<RejectionReason, number>>;
}

/**
 * Reads the bytes of one source: each line of ours gives a record or a counted rejection, anything else nothing. Never
 * throws for any bytes, keeps no more than one line of 64 KiB, and gives the same however the bytes are cut into chunks.
 */
export class RecordReader {
  readonly counters: ReaderCounters = { bytes: 0, lines: 0, records: 0, rejected: {} };
  private readonly feed: Feed;
  private readonly sink: RecordSink;

  constructor(options: ReaderOptions, sink: RecordSink) {
    this.sink = sink;
    const { carrier, trust = defaultTrust(carrier), bootId } = options;
    this.feed = newFeed(
      { carrier, trust, bootId },
      {
        looked: () => {
          this.counters.lines++;
        },
        read: (reading) => {
          if (reading !== undefined) this.give(reading);
        },
      },
    );
  }

  push(chunk: Buffer): void {
    this.counters.bytes += chunk.length;
    this.feed.push(chunk);
  }

  /** Reads what stands after the last newline too; call it once, at the end of the source. */
  end(): void {
    this.feed.end();
  }

  private give(reading: Exclude<Reading, undefined>): void {
    const { counters, sink } = this;
    if (reading.kind === 'rejected') {
      counters.rejected[reading.reason] = (counters.rejected[reading.reason] ?? 0) + 1;
      sink.rejected(reading);
      return;
    }
    counters.records++;
    if (reading.kind !== 'call') sink.record(reading);
    else if (sink.call) sink.call(reading);
    else sink.record(recordOf(reading));
  }
}
