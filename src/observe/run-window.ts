import type { LogRecord, LossRecord, SeccompRecord, Stamp } from '../record/record.ts';
import { type MarkerKind, markerNumber } from './marker.ts';
import { SerialGaps } from './serial-gaps.ts';

/** Takes the records that stand between the markers and says to whom they belong. */
export interface Attribution {
  push(record: SeccompRecord): void;
  login?(record: LogRecord & { kind: 'login' }): void;
}

export interface WindowOptions {
  readonly nonce: number;
  /** The session that the markers are written in. */
  readonly ses: number;
  /** False in a pid namespace of our own: the kernel logs the initial namespace's pids. */
  readonly comparePids: boolean;
}

interface Candidate {
  readonly record: SeccompRecord;
  readonly kind: MarkerKind;
}

/**
 * The part of the record stream that is one run: from its begin marker to its end marker. A marker is a record of our
 * session with the agreed number, made by the process that session-run named: its pid is the kernel's word, so a program
 * that learns the number cannot end its own observation. Holds no clock; whoever waits asks `begun` and `ended`.
 */
export class RunWindow {
  readonly #options: WindowOptions;
  readonly #attribution: Attribution;
  readonly #named = { begin: new Set<number>(), end: new Set<number>() };
  readonly #losses: LossRecord[] = [];
  #candidates: Candidate[] = [];
  #gaps: SerialGaps | undefined;
  #began: Stamp | undefined;
  #end: Stamp | undefined;
  #lastMs: number | undefined;

  constructor(options: WindowOptions, attribution: Attribution) {
    this.#options = options;
    this.#attribution = attribution;
  }

  get begun(): boolean {
    return this.#began !== undefined;
  }

  get ended(): boolean {
    return this.#end !== undefined;
  }

  /** What the carrier said that it lost between the markers. */
  get losses(): readonly LossRecord[] {
    return this.#losses;
  }

  /** Milliseconds since 1970 of the first and last record that counts. */
  get span(): { readonly fromMs: number | undefined; readonly toMs: number | undefined } {
    return { fromMs: this.#began?.atMs, toMs: this.#end?.atMs ?? this.#lastMs };
  }

  /** Events of the kernel's log that never came, between the markers (or up to now). */
  missing(): number {
    return this.#gaps?.missing(this.#end?.serial) ?? 0;
  }

  /** session-run says which process makes a marker's call. */
  name(kind: MarkerKind, pid: number): void {
    this.#named[kind].add(pid);
    this.#settle();
  }

  push(record: LogRecord): void {
    if (record.trust !== 'kernel' || this.ended) return;
    if (record.kind === 'loss') {
      if (this.#gaps) this.#losses.push(record);
      return;
    }
    this.#lastMs = record.stamp.atMs;
    this.#gaps?.push(record.stamp.serial);
    if (record.kind === 'login') this.#attribution.login?.(record);
    if (record.kind === 'seccomp') this.#take(record);
  }

  /** No end marker will come: what imitated one is counted as the call that it is. */
  close(): void {
    for (const { record } of this.#candidates) this.#attribution.push(record);
    this.#candidates = [];
  }

  #take(record: SeccompRecord): void {
    const kind = this.#kindOf(record);
    if (!kind) {
      if (this.#gaps) this.#attribution.push(record);
      return;
    }
    // The stream is counted from the first that may be the begin marker: its name can come after it.
    if (kind === 'begin') this.#gaps ??= new SerialGaps(record.stamp.serial);
    this.#candidates.push({ record, kind });
    this.#settle();
  }

  #kindOf(record: SeccompRecord): MarkerKind | undefined {
    if (record.ses !== this.#options.ses) return undefined;
    if (record.nr === markerNumber(this.#options.nonce, 'begin')) return 'begin';
    if (record.nr === markerNumber(this.#options.nonce, 'end')) return 'end';
    return undefined;
  }

  #settle(): void {
    const { comparePids } = this.#options;
    const isNamed = ({ record, kind }: Candidate): boolean =>
      this.#named[kind].size > 0 && (!comparePids || this.#named[kind].has(record.pid));
    for (const { record, kind } of this.#candidates.filter(isNamed)) {
      if (kind === 'begin') this.#began ??= record.stamp;
      else if (this.begun) this.#end ??= record.stamp;
    }
    this.#candidates = this.#candidates.filter((candidate) => !isNamed(candidate));
    if (this.ended) this.close();
  }
}
