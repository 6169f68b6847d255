import type { RecordPage } from '../record/page.ts';
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

  add(runId: number, { exe, nr, archToken, code, trust, stamp, ip }: SeccompRecord): void {
    const { atMs, serial } = stamp;
    const sum = this.#sum(this.#calls(runId, exe), nr, archToken, code, trust);
    if (count(sum, atMs, serial)) sum.sampleIp = ip;
  }

  /** A page's calls [from, end), which differ from their first, `record`, in number, action, serial and place only. */
  addCalls(
    runId: number,
    { exe, archToken, trust, stamp }: SeccompRecord,
    page: RecordPage,
    from: number,
    end: number,
  ) {
    const calls = this.#calls(runId, exe);
    for (let at = from; at < end; at++) {
      const sum = this.#sum(calls, page.nr(at), archToken, page.code(at), trust);
      if (count(sum, stamp.atMs, page.serial(at))) sum.sampleIp = page.ip(at);
    }
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

  #calls(runId: number, exe: string): Calls {
    let exes = this.#runs.get(runId);
    if (!exes) this.#runs.set(runId, (exes = new Map()));
    let calls = exes.get(exe);
    if (!calls) exes.set(exe, (calls = new Map()));
    return calls;
  }

  #sum(calls: Calls, nr: number, archToken: number, code: number, trust: Trust): Sum {
    let sums = calls.get(nr);
    if (!sums) calls.set(nr, (sums = []));
    for (const sum of sums) if (sum.archToken === archToken && sum.code === code && sum.trust === trust) return sum;
    // biome-ignore format: a spread costs more than the rest
    const sum = { archToken, code, trust, count: 0, firstMs: Number.POSITIVE_INFINITY, lastMs: 0, sampleSerial: 0, sampleIp: '' };
    sums.push(sum);
    this.#size++;
    return sum;
  }
}

/** True where this record is the sample: the first by time and then by serial, whatever order they come in. */
function count(sum: Sum, atMs: number, serial: number): boolean {
  sum.count++;
  if (atMs > sum.lastMs) sum.lastMs = atMs;
  if (atMs > sum.firstMs || (atMs === sum.firstMs && serial >= sum.sampleSerial)) return false;
  sum.firstMs = atMs;
  sum.sampleSerial = serial;
  return true;
}
