import { createHash } from 'node:crypto';
import type { Store } from '../../store/store.ts';
import { BEGINNING, noRows, type RowCounts, SCHEMA } from './database-format.ts';

const CHUNK_CHARS = 65_536;

/**
 * All that is stored, as it is at one moment, as newline-delimited JSON: a header, the rows (store/exchange.ts), and an end
 * that counts them and holds the sha256 of every byte before it, so that a file that was cut or changed is noticed.
 */
export function* exportText(store: Store, version: string): Generator<string, RowCounts> {
  const hash = createHash('sha256');
  const counts = noRows();
  let waiting = `${BEGINNING}"schema":${SCHEMA},"version":${JSON.stringify(version)}}\n`;
  for (const row of store.rows()) {
    counts[row.row]++;
    waiting += `${JSON.stringify(row)}\n`;
    if (waiting.length < CHUNK_CHARS) continue;
    hash.update(waiting, 'utf8');
    yield waiting;
    waiting = '';
  }
  hash.update(waiting, 'utf8');
  yield waiting;
  yield `${JSON.stringify({ row: 'end', rows: counts, sha256: hash.digest('hex') })}\n`;
  return counts;
}

/** Writes exportText(). Throws where the signal is aborted. */
export function exportStore(
  store: Store,
  version: string,
  write: (text: string) => void,
  signal: AbortSignal,
): RowCounts {
  const text = exportText(store, version);
  for (;;) {
    const { done, value } = text.next();
    if (done) return value;
    signal.throwIfAborted();
    write(value);
  }
}
