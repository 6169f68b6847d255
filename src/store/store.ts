import type { Loss, Stage, Tally } from '../observe/tally.ts';
import type { Trust } from '../record/trust.ts';

/** What is stored of one run of a program: what `observe` ran, or what was put together from imported records. */
export interface NewRun {
  readonly kind: 'observed' | 'inferred';
  readonly stage: Stage;
  /** `full`: every call was logged; `known`: learned calls were allowed, so only new ones cost a record. */
  readonly mode: 'full' | 'known';
  readonly name: string | undefined;
  /** The program's resolved path as printable text (record/name.ts); for a script its interpreter's. */
  readonly exe: string;
  readonly argv: readonly string[];
  /** ELF build-id (hex) and sha256 (hex) of exe at observation; undefined for inferred runs. */
  readonly buildId: string | undefined;
  readonly sha256: string | undefined;
  readonly host: string | undefined;
  readonly bootId: string | undefined;
  /** Audit session of the run; undefined where it could not be opened. More may join (addSession). */
  readonly ses: number | undefined;
  readonly pid: number | undefined;
  readonly uid: number | undefined;
  readonly kernel: string | undefined;
  readonly libc: string | undefined;
  readonly startedMs: number;
}

export interface RunEnd {
  readonly endedMs: number;
  /** False where the end marker was not seen; `why` then says what is known. */
  readonly complete: boolean;
  readonly why: string | undefined;
  readonly exitCode: number | undefined;
  /** Signal name (SIGSYS) where CMD died by one. */
  readonly exitSignal: string | undefined;
  /** Calls that no earlier run of this exe and stage had shown. */
  readonly newCalls: number | undefined;
}

export interface Run extends NewRun {
  readonly id: number;
  readonly end: RunEnd | undefined;
  readonly sessions: readonly number[];
  /** Records tallied. */
  readonly records: number;
  /** Sum of the loss ledger for this run; undefined where a loss of unknown size is in it. */
  readonly lost: number | undefined;
}

export interface RunTally extends Tally {
  readonly runId: number;
}

/** Events already counted, as a span of contiguous serials, so that a second carrier or import counts them once. */
export interface SeenSpan {
  readonly host: string;
  readonly trust: Trust;
  readonly serialFrom: number;
  readonly serialTo: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What is committed together: all of it or nothing. */
export interface Batch {
  readonly tallies: readonly RunTally[];
  readonly losses: readonly (Loss & { readonly runId: number | undefined })[];
  readonly seen: readonly SeenSpan[];
  readonly source?: SourceCursor;
}

export interface SourceCursor {
  /** Path, or `-` for standard input, or `netlink`, `kmsg`. */
  readonly source: string;
  readonly carrier: string;
  readonly trust: Trust;
  /** Opaque to the store: JSON text. */
  readonly cursor: string;
  readonly records: number;
  readonly rejected: number;
  readonly duplicates: number;
  readonly atMs: number;
}

export interface RunQuery {
  readonly ids?: readonly number[];
  readonly exe?: string;
  readonly name?: string;
  readonly stage?: Stage;
  readonly kind?: NewRun['kind'];
  readonly limit?: number;
}

/** The port; sqlite.ts is its adapter. Newest run first everywhere. All calls are synchronous and atomic. */
export interface Store {
  beginRun(run: NewRun): number;
  addSession(runId: number, ses: number): void;
  append(batch: Batch): void;
  endRun(runId: number, end: RunEnd): void;
  runs(query: RunQuery): Run[];
  tallies(runIds: readonly number[]): RunTally[];
  losses(runIds: readonly number[]): (Loss & { readonly runId: number | undefined })[];
  /** Spans of a host that overlap the given serials. */
  seen(host: string, serialFrom: number, serialTo: number): SeenSpan[];
  sources(): SourceCursor[];
  /** Every exe with tallies or runs, for completion and for 'nothing seen' messages. */
  exes(): string[];
  close(): void;
}
