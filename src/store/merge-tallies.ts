import type { Database } from 'better-sqlite3';
import type { Trust } from '../record/trust.ts';
import type { ExchangeTally } from './exchange.ts';
import { exeIds } from './ids.ts';

interface Figures {
  readonly added: Record<Trust, number>;
  /** Records that the run had already. */
  known: number;
}

/** A run that is in both databases was counted twice, not made twice: the larger count is it. The sample is the first. */
const UPSERT = `
  INSERT INTO tally (run_id, exe_id, arch_token, nr, code, trust, count, first_ms, last_ms, sample_serial, sample_ip)
  VALUES (@runId, @exeId, @archToken, @nr, @code, @trust, @count, @firstMs, @lastMs, @sampleSerial, @sampleIp)
  ON CONFLICT DO UPDATE SET
    count = max(count, excluded.count),
    last_ms = max(last_ms, excluded.last_ms),
    first_ms = min(first_ms, excluded.first_ms),
    sample_serial = iif((excluded.first_ms, excluded.sample_serial) < (first_ms, sample_serial), excluded.sample_serial, sample_serial),
    sample_ip = iif((excluded.first_ms, excluded.sample_serial) < (first_ms, sample_serial), excluded.sample_ip, sample_ip)`;

export function mergeTallies(db: Database): (runId: number, tallies: readonly ExchangeTally[]) => Figures {
  const exeId = exeIds(db);
  const find = db
    .prepare<unknown[], number>(
      'SELECT count FROM tally WHERE run_id = ? AND exe_id = ? AND arch_token = ? AND nr = ? AND code = ? AND trust = ?',
    )
    .pluck();
  const upsert = db.prepare(UPSERT);
  return (runId, tallies) => {
    const figures: Figures = { added: { kernel: 0, file: 0, forgeable: 0 }, known: 0 };
    for (const { row: _row, run: _run, exe, ...tally } of folded(tallies)) {
      const id = exeId(exe);
      const { archToken, nr, code, trust, count } = tally;
      const before = find.get(runId, id, archToken, nr, code, trust) ?? 0;
      upsert.run({ ...tally, runId, exeId: id });
      figures.added[trust] += Math.max(0, count - before);
      figures.known += Math.min(before, count);
    }
    return figures;
  };
}

/** Rows that differed only in a trust that is not believed are one. */
function folded(tallies: readonly ExchangeTally[]): Iterable<ExchangeTally> {
  const sums = new Map<string, ExchangeTally>();
  for (const tally of tallies) {
    const { exe, archToken, nr, code, trust } = tally;
    const key = JSON.stringify([exe, archToken, nr, code, trust]);
    const sum = sums.get(key);
    sums.set(key, sum ? joined(sum, tally) : tally);
  }
  return sums.values();
}

function joined(one: ExchangeTally, other: ExchangeTally): ExchangeTally {
  const isFirst =
    one.firstMs < other.firstMs || (one.firstMs === other.firstMs && one.sampleSerial <= other.sampleSerial);
  const first = isFirst ? one : other;
  return { ...first, count: one.count + other.count, lastMs: Math.max(one.lastMs, other.lastMs) };
}
