import type { ArgumentTally } from '../observe/argument.ts';
import type { ImportedLoss } from '../observe/import-losses.ts';
import type { ProcessKey, ProcessState } from '../observe/inferred-runs.ts';
import type { RunOrigin } from '../observe/origin.ts';
import type { RunAge } from '../observe/retention.ts';
import type { NewRun, Run, RunEnd, RunLoss, RunTally } from '../observe/run.ts';
import type { SeenSpan } from '../observe/seen.ts';
import type { AccessCount, Sighting } from '../observe/sighting.ts';
import type { Loss, Stage } from '../observe/tally.ts';
import type { Decision } from '../profile/decision.ts';
import type { Trust } from '../record/trust.ts';
import type { ExchangeRow } from './exchange.ts';

export type { ArgumentTally } from '../observe/argument.ts';
export type { ImportedLoss } from '../observe/import-losses.ts';
export type { ProcessKey, ProcessState } from '../observe/inferred-runs.ts';
export type { NewRun, Run, RunEnd, RunLoss, RunTally } from '../observe/run.ts';
export type { SeenSpan } from '../observe/seen.ts';
export type { AccessCount, Sighting } from '../observe/sighting.ts';

/** What is committed together: all of it or nothing. */
export interface Batch {
  readonly tallies: readonly RunTally[];
  /** Values of the calls' arguments. */
  readonly args?: readonly ArgumentTally[];
  /** An imported loss that is stored already (host, reason, place) is not stored again; the smaller bound counts. */
  readonly losses: readonly (RunLoss | ImportedLoss)[];
  readonly seen: readonly SeenSpan[];
  readonly processes?: readonly ProcessState[];
  readonly origins?: readonly RunOrigin[];
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

export interface LossQuery {
  /** Only losses that can touch one of these. */
  readonly runIds?: readonly number[] | undefined;
  readonly limit: number;
}

export interface Ledger {
  /** How many there are, whatever the limit. */
  readonly total: number;
  readonly losses: readonly StoredLoss[];
}

/** A loss, and whose records may be among those that are missing. */
export interface StoredLoss extends Loss {
  readonly id: number;
  /** Undefined for an observed run's own. */
  readonly host: string | undefined;
  readonly trust: Trust | undefined;
  readonly runs: { readonly count: number; readonly first: number | undefined; readonly last: number | undefined };
  /** The first few are named. */
  readonly programs: { readonly count: number; readonly exes: readonly string[] };
}

/** Events by their trust, and those that were stored before. */
export interface AccessesAdded {
  readonly added: Readonly<Record<Trust, number>>;
  readonly known: number;
}

export interface AccessQuery {
  /** '' : the root's policy. */
  readonly namespace: string;
  /** With its children (`P//…`). */
  readonly profile: string;
}

export interface PrunePlan {
  readonly runIds: readonly number[];
  /** What belongs to no run that is left goes where it is older, milliseconds since 1970. */
  readonly beforeMs: number;
  /** AppArmor's accesses that were last seen before that go too. */
  readonly accesses: boolean;
  /** Nothing changes; the figures are those that would be. */
  readonly dryRun: boolean;
}

/** What went. */
export interface Pruned {
  readonly runs: number;
  readonly records: number;
  /** Losses of imports; a run's own go with it. */
  readonly losses: number;
  /** AppArmor's records. */
  readonly accesses: number;
  /** Spans of events that count as seen. */
  readonly spans: number;
  readonly programs: number;
  readonly exes: number;
}

/** Rows of another database that wait for their end. */
export interface Staging {
  /** They do not touch the store. */
  add(rows: readonly ExchangeRow[]): void;
  /** Puts all of them in, no more trusted than that. To be called within `atomically`. */
  merge(atMost: Trust): Merged;
  drop(): void;
}

export interface Merged {
  readonly runs: number;
  readonly knownRuns: number;
  readonly added: Readonly<Record<Trust, number>>;
  /** AppArmor's records. */
  readonly accesses: Readonly<Record<Trust, number>>;
  /** Records that were there already. */
  readonly known: number;
  readonly losses: number;
  /** Calls that people allowed or denied, where that was new. */
  readonly decisions: number;
  /** Undefined: a loss of unknown size is among them. */
  readonly lost: number | undefined;
}

/** The port; sqlite.ts is its adapter. Newest run first everywhere. All calls are synchronous and atomic. */
export interface Store {
  /** All that `work` reads and writes is one transaction; no other process writes meanwhile. Nothing stays if it throws. */
  atomically<Result>(work: () => Result): Result;
  beginRun(run: NewRun): number;
  addSession(runId: number, ses: number): void;
  append(batch: Batch): void;
  endRun(runId: number, end: RunEnd): void;
  /** Counts AppArmor's events, each once: one that was stored at its trust or a higher one is not counted again. */
  addAccesses(sightings: readonly Sighting[]): AccessesAdded;
  accesses(query: AccessQuery): AccessCount[];
  /** Records at most that imports and the daemon lack of these hosts in that time; undefined: an unknown number. */
  lostBetween(hosts: readonly string[], fromMs: number, toMs: number): number | undefined;
  /** Every profile that an access is stored of, in order. */
  profiles(): { readonly namespace: string; readonly profile: string }[];
  /** Takes from the imported losses of a host in that time what has been seen since, from another log. */
  settleLosses(host: string, fromMs: number, toMs: number): void;
  runs(query: RunQuery): Run[];
  tallies(runIds: readonly number[]): RunTally[];
  /** What is known of the calls' arguments; the most frequent value of each first. */
  args(runIds: readonly number[]): ArgumentTally[];
  /** The losses of these runs, and for inferred runs the imports' losses that may have hit them. */
  losses(runIds: readonly number[]): RunLoss[];
  /** Losses with what they can touch, the newest first. */
  ledger(query: LossQuery): Ledger;
  /** Spans of a host at one millisecond (for `Seen`). */
  seenAt(host: string, atMs: number): SeenSpan[];
  /** Processes of a pid whose time lies within `withinMs` of `atMs`, latest first, 64 at most (for `InferredRuns`). */
  processes(key: ProcessKey, atMs: number, withinMs: number): ProcessState[];
  /** Whether any observed run has that session, whenever: asked once where observedRun() would be for every record. */
  isObserved(ses: number): boolean;
  /** The observed run that a session's record of this host and time belongs to. */
  observedRun(host: string, ses: number, atMs: number): number | undefined;
  sources(): SourceCursor[];
  /** Where in the files the samples of these runs' tallies came from, as far as it is known. */
  origins(runIds: readonly number[]): RunOrigin[];
  /** Every exe with tallies or runs, for completion and for 'nothing seen' messages. */
  exes(): string[];
  /** Every exe that a run was started as, with each first argument it was started by. */
  invocations(): { readonly exe: string; readonly argv0: string | undefined }[];
  /** What people said of calls, by program and call. */
  decisions(): Decision[];
  /** Each takes the place of what was said of the same program, stage and call. */
  decide(decisions: readonly Decision[]): void;
  /** Takes those back that are alike in program, stage, call and verdict; gives how many there were. */
  withdraw(decisions: readonly Decision[]): number;
  /** All that is stored as it is at one moment, a row at a time; nothing else may be asked meanwhile. */
  rows(): Generator<ExchangeRow>;
  /** A place where another database's rows wait; one at a time. */
  stage(): Staging;
  /** Every run, in no order. */
  runAges(): RunAge[];
  /** Removes whole runs, and what is old and belongs to none: all of it or nothing. */
  prune(plan: PrunePlan): Pruned;
  /** Gives room that is free back to the file system. */
  vacuum(): void;
  close(): void;
}
