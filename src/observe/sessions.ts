import { syscallName } from '../kernel/abi.ts';
import type { LoginRecord, SeccompRecord } from '../record/record.ts';

/** How a session was found to be a part of the run. */
export type Followed = 'login-record' | 'pid' | 'process-tree';

/** Records of a session that was opened during the run, by no process that is known to be the run's. */
export interface Stray {
  readonly ses: number;
  readonly records: number;
  readonly pids: readonly number[];
  readonly exes: readonly string[];
}

interface Waiting {
  records: number;
  readonly kept: SeccompRecord[];
  readonly pids: Set<number>;
  readonly exes: Set<string>;
}

/**
 * Which audit sessions belong to a run. It begins with its own; a descendant that writes its loginuid opens another
 * (cron, sshd), and is followed by its LOGIN record, by its pid (all its calls are logged, so the record before the
 * write stands in a session of ours), or because the process tree says so. Sessions are numbered upwards, so one with
 * a lower number than the run's own was there before. Records of a session that nobody has claimed yet are kept.
 */
export class Sessions {
  readonly #own: number;
  readonly #followed = new Map<number, Followed>();
  readonly #pids = new Set<number>();
  readonly #waiting = new Map<number, Waiting>();
  readonly #ours: (record: SeccompRecord) => void;
  #kept = 0;

  constructor(own: number, ours: (record: SeccompRecord) => void) {
    this.#own = own;
    this.#ours = ours;
  }

  /** Sessions beside the run's own. */
  get followed(): ReadonlyMap<number, Followed> {
    return this.#followed;
  }

  push(record: SeccompRecord): void {
    if (!this.#has(record.ses) && this.#pids.has(record.pid)) this.adopt(record.ses, 'pid');
    if (!this.#has(record.ses)) return this.#keep(record);
    if (endsProcess(record)) this.#pids.delete(record.pid);
    else this.#pids.add(record.pid);
    this.#ours(record);
  }

  login({ oldSes, ses }: LoginRecord): void {
    if (this.#has(oldSes)) this.adopt(ses, 'login-record');
  }

  /** From now on, and backwards as far as records were kept, this session is the run's. */
  adopt(ses: number, how: Followed): void {
    if (this.#has(ses) || !this.#isLater(ses)) return;
    this.#followed.set(ses, how);
    const waiting = this.#waiting.get(ses);
    this.#waiting.delete(ses);
    this.#kept -= waiting?.kept.length ?? 0;
    for (const record of waiting?.kept ?? []) this.push(record);
  }

  /** Sessions that nobody claimed, opened before `nextSes`; all where that is not known. */
  strays(nextSes = Number.POSITIVE_INFINITY): Stray[] {
    return [...this.#waiting]
      .filter(([ses]) => ses < nextSes)
      .map(([ses, { records, pids, exes }]) => ({ ses, records, pids: [...pids], exes: [...exes] }));
  }

  #has(ses: number): boolean {
    return ses === this.#own || this.#followed.has(ses);
  }

  #isLater(ses: number): boolean {
    return ses !== UNSET && ses > this.#own;
  }

  #keep(record: SeccompRecord): void {
    if (!this.#isLater(record.ses)) return;
    let waiting = this.#waiting.get(record.ses);
    if (!waiting) this.#waiting.set(record.ses, (waiting = { records: 0, kept: [], pids: new Set(), exes: new Set() }));
    waiting.records++;
    if (waiting.pids.size < SHOWN_MAX) waiting.pids.add(record.pid);
    if (waiting.exes.size < SHOWN_MAX) waiting.exes.add(record.exe);
    if (this.#kept >= KEPT_MAX) return;
    waiting.kept.push(record);
    this.#kept++;
  }
}

const UNSET = 0xffffffff;
/** Strangers' records that wait for a claim: about 50 MB at most. */
const KEPT_MAX = 200_000;
const SHOWN_MAX = 16;

/** exit_group, or a call that the filter killed the process for: its pid may belong to another one next. */
function endsProcess({ sig, nr, archToken }: SeccompRecord): boolean {
  return sig !== 0 || syscallName(archToken, nr) === 'exit_group';
}
