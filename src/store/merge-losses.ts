import type { Database } from 'better-sqlite3';
import { appendLosses } from './append-losses.ts';
import type { ExchangeLoss } from './exchange.ts';
import { hostIds } from './ids.ts';

export interface HostTime {
  readonly host: string;
  readonly fromMs: number;
  readonly toMs: number;
}

const SAME = `
  SELECT 1 FROM loss
  WHERE run_id IS @runId AND host_id IS @hostId AND reason = @reason AND certainty = @certainty AND count IS @count
    AND text = @text AND from_ms IS @fromMs AND to_ms IS @toMs AND after_serial IS @afterSerial
    AND before_serial IS @beforeSerial AND ordinal = @ordinal AND trust IS @trust LIMIT 1`;

/** `put` tells whether it is new; one that lies at the same place as a stored one (append-losses.ts) is not added again. */
export function mergeLosses(db: Database): {
  readonly put: (loss: ExchangeLoss, runId: number | undefined) => boolean;
  /** When what was put in was lost. */
  readonly times: () => Iterable<HostTime>;
} {
  const hostId = hostIds(db);
  const append = appendLosses(db, hostId);
  const same = db.prepare<unknown[], number>(SAME).pluck();
  const last = db.prepare<[], number | null>('SELECT max(loss_id) FROM loss').pluck();
  const times = new Map<string, HostTime>();
  const put = ({ row: _row, run: _run, host, ...loss }: ExchangeLoss, runId: number | undefined): boolean => {
    if (same.get({ ...loss, host, runId: runId ?? null, hostId: host === null ? null : hostId(host) })) return false;
    const { reason, certainty, text, ordinal } = loss;
    const told = { reason, certainty, text, count: loss.count ?? undefined };
    const at = { fromMs: loss.fromMs ?? undefined, toMs: loss.toMs ?? undefined };
    if (host === null) {
      append([{ ...told, ...at, runId }]);
      return true;
    }
    const place = { afterSerial: loss.afterSerial ?? undefined, beforeSerial: loss.beforeSerial ?? undefined, ordinal };
    const before = last.get();
    append([{ ...told, ...at, ...place, runId: undefined, host, ...(loss.trust !== null && { trust: loss.trust }) }]);
    widen(times, host, loss);
    return last.get() !== before;
  };
  return { put, times: () => times.values() };
}

function widen(
  times: Map<string, HostTime>,
  host: string,
  { fromMs, toMs }: Pick<ExchangeLoss, 'fromMs' | 'toMs'>,
): void {
  if (fromMs === null || toMs === null) return;
  const known = times.get(host) ?? { fromMs, toMs };
  times.set(host, { host, fromMs: Math.min(known.fromMs, fromMs), toMs: Math.max(known.toMs, toMs) });
}
