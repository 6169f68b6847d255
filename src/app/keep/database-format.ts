import type { ExchangeRow, ExchangeSchema } from '../../store/exchange.ts';

/** The version of the format, not of the database's tables. A field that is added, moved or taken away makes a new one. */
export const SCHEMA: ExchangeSchema = 2;
/** How such a file begins, to the byte. */
export const BEGINNING = '{"format":"profiler-database",';

export type RowCounts = Record<ExchangeRow['row'], number>;

export function noRows(): RowCounts {
  return { run: 0, tally: 0, argument: 0, loss: 0, origin: 0, seen: 0, access: 0, manual: 0, source: 0 };
}
