import type { Ledger, StoredLoss } from '../store/store.ts';
import { plural } from './plural.ts';
import { type Column, table } from './table.ts';
import { when } from './when.ts';

const COLUMNS: readonly Column<StoredLoss>[] = [
  { title: 'FROM', of: (loss) => time(loss.fromMs) },
  { title: 'TO', of: (loss) => time(loss.toMs) },
  { title: 'REASON', of: (loss) => loss.reason },
  { title: 'RECORDS', right: true, of: size },
  { title: 'HOST', optional: true, of: (loss) => loss.host ?? '' },
  { title: 'RUNS', of: runs },
  { title: 'PROGRAMS', of: programs },
];

/** Losses with what they can touch, for `width` columns; undefined: nothing is cut. Says how many are not shown. */
export function lossesTable({ losses, total }: Ledger, width: number | undefined): string {
  if (total === 0) return 'nothing is known to be missing\n';
  const left = total - losses.length;
  const rest = left > 0 ? `and ${plural(left, 'older loss', 'older losses')}: --limit ${total} shows all\n` : '';
  return `${table(COLUMNS, losses, width)}${rest}`;
}

function time(ms: number | undefined): string {
  return ms === undefined ? 'not known' : when(ms);
}

function size({ certainty, count }: StoredLoss): string {
  if (count === undefined) return 'unknown';
  return certainty === 'exact' ? String(count) : `at most ${count}`;
}

/** `3-9 (5)`: five of these numbers. */
function runs({ runs: { count, first, last } }: StoredLoss): string {
  if (first === undefined || last === undefined) return 'none';
  if (first === last) return String(first);
  return count === last - first + 1 ? `${first}-${last}` : `${first}-${last} (${count})`;
}

function programs({ programs: { count, exes } }: StoredLoss): string {
  const left = count - exes.length;
  return `${exes.join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}
