import { type Call, type Caller, newCall, type Origin, recordOf, wideHexText } from './call.ts';
import type { JoinedCall, LogRecord, SeccompRecord } from './record.ts';

/** All that is no call by itself. */
export type Aside = Exclude<LogRecord, SeccompRecord> | JoinedCall;

/** Records of other types are few: they are kept as they are, each with its place among the calls. */
interface Other {
  /** So many calls stand before it. */
  readonly at: number;
  readonly record: Aside;
}

export interface PageVisitor {
  /** Calls [from, end), which follow one another. */
  readonly calls: (from: number, end: number) => void;
  readonly other: (record: Aside) => void;
}

const ROOM = 1024;

/**
 * Records that wait to be stored, in the log's order. Calls lie in columns of numbers: an object for each would outlive
 * the collector's young generation and cost more than the parse.
 */
export class RecordPage {
  #calls = 0;
  #others: Other[] = [];
  #callers: Caller[] = [];
  #origins: Origin[] = [];
  #columns = newColumns(ROOM);

  static of(records: Iterable<LogRecord | JoinedCall>): RecordPage {
    const page = new RecordPage();
    for (const record of records) page.add(record);
    return page;
  }

  get length(): number {
    return this.#calls + this.#others.length;
  }

  push({ origin, caller, atMs, serial, nr, compat, ipHigh, ipLow, code }: Call): void {
    const at = this.#calls++;
    if (at === this.#columns.nr.length) this.#columns = grown(this.#columns);
    const columns = this.#columns;
    this.#callers[at] = caller;
    this.#origins[at] = origin;
    columns.atMs[at] = atMs;
    columns.serial[at] = serial;
    columns.nr[at] = nr;
    columns.compat[at] = compat;
    columns.ipHigh[at] = ipHigh;
    columns.ipLow[at] = ipLow;
    columns.code[at] = code;
  }

  add(record: LogRecord | JoinedCall): void {
    if (record.kind === 'seccomp') this.push(callOf(record));
    else this.#others.push({ at: this.#calls, record });
  }

  /** Forgets all; the room stays. */
  clear(): void {
    this.#calls = 0;
    this.#others = [];
  }

  visit({ calls, other }: PageVisitor): void {
    let from = 0;
    for (const { at, record } of this.#others) {
      if (at > from) calls(from, at);
      other(record);
      from = at;
    }
    if (this.#calls > from) calls(from, this.#calls);
  }

  nr(at: number): number {
    return this.#columns.nr[at] as number;
  }

  code(at: number): number {
    return this.#columns.code[at] as number;
  }

  serial(at: number): number {
    return this.#columns.serial[at] as number;
  }

  archToken(at: number): number {
    return (this.#callers[at] as Caller).archToken;
  }

  /** As the kernel prints it, without 0x. */
  ip(at: number): string {
    return wideHexText(this.#columns.ipHigh[at] as number, this.#columns.ipLow[at] as number);
  }

  /** Whether a call was made by the process of the one before it, in the same millisecond, and is the next event of the kernel's log. */
  follows(at: number): boolean {
    const { serial, atMs } = this.#columns;
    return (
      serial[at] === (serial[at - 1] as number) + 1 &&
      atMs[at] === atMs[at - 1] &&
      this.#callers[at] === this.#callers[at - 1] &&
      this.#origins[at] === this.#origins[at - 1]
    );
  }

  /** So many calls that came last, or all; the oldest first. */
  latest(count: number): SeccompRecord[] {
    const from = Math.max(0, this.#calls - count);
    return Array.from({ length: this.#calls - from }, (_, index) => this.recordAt(from + index));
  }

  recordAt(at: number): SeccompRecord {
    const { atMs, serial, nr, compat, ipHigh, ipLow, code } = this.#columns;
    return recordOf({
      ...EMPTY,
      origin: this.#origins[at] as Origin,
      caller: this.#callers[at] as Caller,
      atMs: atMs[at] as number,
      serial: serial[at] as number,
      nr: nr[at] as number,
      compat: compat[at] as number,
      ipHigh: ipHigh[at] as number,
      ipLow: ipLow[at] as number,
      code: code[at] as number,
    });
  }
}

const EMPTY = newCall();

function callOf({ trust, host, bootId, stamp, ip, ...record }: SeccompRecord): Call {
  const wide = BigInt(`0x${ip}`);
  const halves = { ipHigh: Number(wide >> 32n), ipLow: Number(wide & 0xffff_ffffn) };
  return { ...record, ...stamp, ...halves, kind: 'call', origin: { trust, host, bootId }, caller: record };
}

function newColumns(room: number) {
  return {
    atMs: new Float64Array(room),
    serial: new Uint32Array(room),
    nr: new Int32Array(room),
    compat: new Uint8Array(room),
    ipHigh: new Uint32Array(room),
    ipLow: new Uint32Array(room),
    code: new Uint32Array(room),
  };
}

type Columns = ReturnType<typeof newColumns>;

function grown(columns: Columns): Columns {
  const larger = newColumns(columns.nr.length * 2);
  for (const name of Object.keys(columns) as (keyof Columns)[]) larger[name].set(columns[name]);
  return larger;
}
