import type { NewRun, Run, RunEnd, RunLoss, RunTally } from '../observe/run.ts';
import type { SeenSpan } from '../observe/seen.ts';
import type { Loss, Stage } from '../observe/tally.ts';
import type { Stamp } from '../record/record.ts';
import type { Trust } from '../record/trust.ts';

export type { NewRun, Run, RunEnd, RunLoss, RunTally } from '../observe/run.ts';
export type { SeenSpan } from '../observe/seen.ts';

/** A loss that an import found: it has no run, but a place among the events of a host. */
export interface ImportedLoss extends Loss {
  readonly runId: undefined;
  readonly host: string;
  /** Serials of the events before and after it, where there were any. */
  readonly afterSerial: number | undefined;
  readonly beforeSerial: number | undefined;
  /** Counts equal losses at one place. */
  readonly ordinal: number;
}

/** The process of an inferred run, as far as it was seen. */
export interface ProcessState {
  readonly runId: number;
  readonly host: string;
  readonly ses: number;
  readonly pid: number;
  readonly bootId: string | undefined;
  readonly lastExe: string;
  /** An execve or execveat was the last that was seen, so that another exe is no other process. */
  readonly mayExec: boolean;
  readonly firstMs: number;
  readonly lastMs: number;
  /** When it called exit_group or was killed. */
  readonly exit: Stamp | undefined;
}

/** What is committed together: all of it or nothing. */
export interface Batch {
  readonly tallies: readonly RunTally[];
  /** An imported loss that is stored already is not stored again. */
  readonly losses: readonly (RunLoss | ImportedLoss)[];
  readonly seen: readonly SeenSpan[];
  readonly processes?: readonly ProcessState[];
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
  /** Runs that hold a call of this exe, whoever's run it is. */
  readonly tallyExe?: string;
  readonly name?: string;
  readonly stage?: Stage;
  readonly kind?: NewRun['kind'];
  readonly limit?: number;
}

/** The port; sqlite.ts is its adapter. Newest run first everywhere. All calls are synchronous and atomic. */
export interface Store {
  /** All that `work` reads and writes is one transaction; no other process writes meanwhile. Nothing stays if it throws. */
  atomically<Result>(work: () => Result): Result;
  beginRun(run: NewRun): number;
  addSession(runId: number, ses: number): void;
  append(batch: Batch): void;
  endRun(runId: number, end: RunEnd): void;
  runs(query: RunQuery): Run[];
  tallies(runIds: readonly number[]): RunTally[];
  /** The losses of these runs, and for inferred runs the imports' losses that may have hit them. */
  losses(runIds: readonly number[]): RunLoss[];
  /** Spans of a host at one millisecond (for `Seen`). */
  seenAt(host: string, atMs: number): SeenSpan[];
  /** What is known of a pid's processes on a host that were alive within `withinMs` of `atMs`; latest first. */
  processes(
    key: { readonly host: string; readonly pid: number; readonly ses: number },
    atMs: number,
    withinMs: number,
  ): ProcessState[];
  /** The observed run that a session's record of this host and time belongs to. */
  observedRun(host: string, ses: number, atMs: number): number | undefined;
  sources(): SourceCursor[];
  /** Every exe with tallies or runs, for completion and for 'nothing seen' messages. */
  exes(): string[];
  /** Every exe that a run was started as, with each first argument it was started by. */
  invocations(): { readonly exe: string; readonly argv0: string | undefined }[];
  close(): void;
}
