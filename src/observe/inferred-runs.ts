import type { SeccompRecord, Stamp } from '../record/record.ts';
import type { NewRun } from './run.ts';
import { KILL_PROCESS, Turnings } from './turning.ts';

/** A process that is silent for longer than this is taken for another one with the same pid. */
export const SILENCE_MS = 3_600_000;
/** Other threads' last calls may be logged after exit_group; no machine reuses a pid this soon. */
const STRAGGLER_MS = 1000;
/** The kernel's word for a session or uid that is not set (uapi/linux/audit.h AUDIT_SID_UNSET). */
const UNSET = 0xffff_ffff;

export interface ProcessKey {
  readonly host: string;
  readonly pid: number;
  /** As logged: 4294967295 where unset. */
  readonly ses: number;
}

/** The process of an inferred run, as far as it was seen. */
export interface ProcessState extends ProcessKey {
  readonly runId: number;
  readonly bootId: string | undefined;
  readonly lastExe: string;
  /** An execve or execveat was the last that was seen, so that another exe is no other process. */
  readonly mayExec: boolean;
  readonly firstMs: number;
  readonly lastMs: number;
  /** When it called exit_group or was killed. */
  readonly exit: Stamp | undefined;
  /** Forgeable records alone tell of it. */
  readonly forgeable: boolean;
}

/** What is stored already. */
export interface KnownRuns {
  /** Processes with that key that were alive within SILENCE_MS of that time, latest first. */
  readonly find: (key: ProcessKey, atMs: number) => readonly ProcessState[];
  /** Stores a new run and gives its id. */
  readonly begin: (run: NewRun) => number;
}

/**
 * Puts records that came without an `observe` run into runs: one run a process, by (host, boot, ses, pid, time). A record
 * names no parent, so that a child is a run of its own, from its fork on. A pid belongs to another process after
 * exit_group or a kill, after an hour of silence, or when the exe changes without an execve before it. What may be forged
 * changes nothing for what may not: it joins the run that it fits, and never makes, ends or renames one for others.
 */
export class InferredRuns {
  readonly #known: KnownRuns;
  readonly #turnings = new Turnings();
  readonly #pids = new Map<string, OfPid>();
  #last: OfPid | undefined;

  constructor(known: KnownRuns) {
    this.#known = known;
  }

  /** The run that a record belongs to. `host`: whose record it is, also where its carrier did not say. */
  runOf(record: SeccompRecord, host: string): number {
    const pid = this.#ofPid({ host, pid: record.pid, ses: record.ses });
    const latest = pid.processes.at(-1);
    const process = latest && isSame(latest, record) ? latest : this.#other(pid, record);
    if (isForgeable(record) === process.forgeable) this.#note(process, record);
    return process.runId;
  }

  /** The run that a record belongs to which was taken before; undefined where it is in none. Nothing changes. */
  find(record: SeccompRecord, host: string): number | undefined {
    const { key, processes, runIds } = this.#ofPid({ host, pid: record.pid, ses: record.ses });
    const known = processes.slice(-LOOKED_THROUGH).findLast((process) => isSame(process, record));
    return (known ?? this.#recall(key, runIds, record))?.runId;
  }

  /** Whether the process of the record before ended within that millisecond, so that its serial decides whose the next one is. */
  endedIn(atMs: number): boolean {
    return this.#last?.processes.at(-1)?.exit?.atMs === atMs;
  }

  /** Processes that were seen since the last flush; forgets them, so that the next are read from the store again. */
  flush(): ProcessState[] {
    const seen = [...this.#pids.values()].flatMap(({ processes }) => processes.filter((process) => process.changed));
    this.#pids.clear();
    this.#last = undefined;
    return seen.map(({ changed: _changed, ...process }) => process);
  }

  #ofPid(key: ProcessKey): OfPid {
    const last = this.#last;
    if (last && last.key.pid === key.pid && last.key.ses === key.ses && last.key.host === key.host) return last;
    const text = `${key.pid} ${key.ses} ${key.host}`;
    let pid = this.#pids.get(text);
    if (!pid) this.#pids.set(text, (pid = { key, processes: [], runIds: new Set() }));
    this.#last = pid;
    return pid;
  }

  /** An earlier process of that pid, in memory or stored, or a new one; it becomes the latest. */
  #other({ key, processes, runIds }: OfPid, record: SeccompRecord): Process {
    let at = Math.max(0, processes.length - LOOKED_THROUGH);
    while (at < processes.length && !isSame(processes[at] as Process, record)) at++;
    const earlier = processes.splice(at, 1)[0];
    const process = earlier ?? this.#recall(key, runIds, record) ?? this.#begin(key, record);
    processes.push(process);
    runIds.add(process.runId);
    return process;
  }

  #recall(key: ProcessKey, inMemory: ReadonlySet<number>, record: SeccompRecord): Process | undefined {
    const stored = this.#known.find(key, record.stamp.atMs).filter(({ runId }) => !inMemory.has(runId));
    return stored.map((process) => ({ ...process, changed: false })).find((process) => isSame(process, record));
  }

  #note(process: Process, { stamp, exe, bootId, archToken, nr, code }: SeccompRecord): void {
    const turning = this.#turnings.of(archToken, nr);
    process.changed = true;
    process.bootId ??= bootId;
    process.firstMs = Math.min(process.firstMs, stamp.atMs);
    if (stamp.atMs >= process.lastMs) {
      process.lastMs = stamp.atMs;
      process.lastExe = exe;
      process.mayExec = turning === 'exec';
    }
    if (turning === 'exit' || code === KILL_PROCESS) process.exit = stamp;
  }

  #begin(key: ProcessKey, record: SeccompRecord): Process {
    const { bootId, exe, stamp } = record;
    const runId = this.#known.begin(newRun(record, key.host));
    const times = { firstMs: stamp.atMs, lastMs: stamp.atMs, exit: undefined };
    const forgeable = isForgeable(record);
    return { ...key, runId, bootId, lastExe: exe, mayExec: false, ...times, forgeable, changed: true };
  }
}

/** So many processes of one pid are looked through, latest first: a hostile log may name any number. */
const LOOKED_THROUGH = 64;

interface OfPid {
  readonly key: ProcessKey;
  /** Latest last. */
  readonly processes: Process[];
  readonly runIds: Set<number>;
}

type Process = { -readonly [Key in keyof ProcessState]: ProcessState[Key] } & { changed: boolean };

function isForgeable({ trust }: SeccompRecord): boolean {
  return trust === 'forgeable';
}

function isSame(process: Process, record: SeccompRecord): boolean {
  const { bootId, exe, stamp } = record;
  if (process.forgeable && !isForgeable(record)) return false;
  if (bootId !== undefined && process.bootId !== undefined && bootId !== process.bootId) return false;
  if (stamp.atMs > process.lastMs + SILENCE_MS || stamp.atMs < process.firstMs - SILENCE_MS) return false;
  const sameExe = exe === process.lastExe;
  if (process.exit && isAfter(stamp, process.exit)) return sameExe && stamp.atMs <= process.exit.atMs + STRAGGLER_MS;
  return sameExe || process.mayExec || stamp.atMs < process.lastMs;
}

function isAfter(stamp: Stamp, other: Stamp): boolean {
  return stamp.atMs > other.atMs || (stamp.atMs === other.atMs && stamp.serial > other.serial);
}

function newRun({ exe, bootId, ses, pid, uid, stamp }: SeccompRecord, host: string): NewRun {
  return {
    kind: 'inferred',
    stage: 'unknown',
    mode: 'full',
    name: undefined,
    exe,
    argv: [],
    buildId: undefined,
    sha256: undefined,
    host,
    bootId,
    ses: ses === UNSET ? undefined : ses,
    pid,
    uid: uid === UNSET ? undefined : uid,
    kernel: undefined,
    libc: undefined,
    startedMs: stamp.atMs,
  };
}
