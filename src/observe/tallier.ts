import type { SeccompRecord } from '../record/record.ts';
import type { Trust } from '../record/trust.ts';
import type { RunTally } from './run.ts';

interface Sum {
  readonly archToken: number;
  readonly code: number;
  readonly trust: Trust;
  count: number;
  firstMs: number;
  lastMs: number;
  sampleSerial: number;
  sampleIp: string;
}

type Calls = Map<number, Sum[]>;

/**
 * Counts records per run, exe, ABI, number, action and trust. Memory follows the number of different calls, not of
 * records; `size` says how many there are, so that a caller can flush a hostile log in time.
 */
export class Tallier {
  readonly #runs = new Map<number, Map<string, Calls>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(runId: number, record: SeccompRecord): void {
    const sums = this.#sums(runId, record.exe, record.nr);
    const { archToken, code, trust } = record;
    const sum = sums.find((one) => one.archToken === archToken && one.code === code && one.trust === trust);
    if (sum) return count(sum, record);
    const { atMs, serial } = record.stamp;
    const first = { count: 1, firstMs: atMs, lastMs: atMs, sampleSerial: serial, sampleIp: record.ip };
    sums.push({ archToken, code, trust, ...first });
    this.#size++;
  }

  /** What was counted since the last flush; starts anew. */
  flush(): RunTally[] {
    const tallies: RunTally[] = [];
    for (const [runId, exes] of this.#runs) {
      for (const [exe, calls] of exes) {
        for (const [nr, sums] of calls) for (const sum of sums) tallies.push({ runId, exe, nr, ...sum });
      }
    }
    this.#runs.clear();
    this.#size = 0;
    return tallies;
  }

  #sums(runId: number, exe: string, nr: number): Sum[] {
    let exes = this.#runs.get(runId);
    if (!exes) this.#runs.set(runId, (exes = new Map()));
    let calls = exes.get(exe);
    if (!calls) exes.set(exe, (calls = new Map()));
    let sums = calls.get(nr);
    if (!sums) calls.set(nr, (sums = []));
    return sums;
  }
}

/** The sample is the first by time and then by serial, whatever order the records come in. */
function count(sum: Sum, { stamp, ip }: SeccompRecord): void {
  sum.count++;
  if (stamp.atMs > sum.lastMs) sum.lastMs = stamp.atMs;
  if (stamp.atMs > sum.firstMs || (stamp.atMs === sum.firstMs && stamp.serial >= sum.sampleSerial)) return;
  sum.firstMs = stamp.atMs;
  sum.sampleSerial = stamp.serial;
  sum.sampleIp = ip;
}
