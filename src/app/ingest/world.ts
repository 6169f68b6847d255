import type { Store } from '../../store/store.ts';
import type { Totals } from './totals.ts';

/** Where the daemon tells what happens to its sources; pino's logger is one. */
export interface IngestLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface IngestLimits {
  /** A batch is stored after so many records, and no more of one source wait while the store cannot take them. */
  readonly records: number;
  /** A batch is stored so long after its first record. */
  readonly waitMs: number;
}

export interface StoredBatch {
  readonly seconds: number;
  readonly records: number;
}

export interface IngestWorld {
  readonly store: Store;
  /** Whose events those are that name no host. */
  readonly localHost: string;
  readonly nowMs: () => number;
  readonly log: IngestLog;
  /** As the configuration has them now. */
  readonly limits: () => IngestLimits;
  /** A batch was stored. */
  readonly stored?: ((batch: StoredBatch) => void) | undefined;
}

/** What the sources of one Ingest share. */
export interface LaneWorld extends IngestWorld {
  readonly totals: Totals;
}
