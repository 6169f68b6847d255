import type { OutputKind } from './origin.ts';
import type { Loss, Stage, Tally } from './tally.ts';

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
  /** Undefined: not known. */
  readonly stdout?: OutputKind | undefined;
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
  /** Different calls (ABI and number) that were tallied, its children's included. */
  readonly calls: number;
  /** Sum of the loss ledger for this run; undefined where a loss of unknown size is in it. */
  readonly lost: number | undefined;
}

export interface RunTally extends Tally {
  readonly runId: number;
}

export interface RunLoss extends Loss {
  /** Undefined: found in an import; it belongs to every inferred run of its host that it may have hit. */
  readonly runId: number | undefined;
}
