import { visible } from './visible.ts';

export interface Column<Row> {
  readonly title: string;
  readonly right?: true;
  /** Left out where no row has anything in it. */
  readonly optional?: true;
  readonly of: (row: Row) => string;
}

/** A table with titles; the last column (a path) is cut from the left so that lines fit `width`; undefined: nothing is cut. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number | undefined): string {
  const filled = columns.map((column) => ({ column, cells: rows.map((row) => visible(column.of(row))) }));
  const shown = filled
    .filter(({ column, cells }) => !column.optional || cells.some((text) => text !== ''))
    .map(({ column, cells }) => padded(column, cells));
  const last = shown.pop() ?? [];
  const lines = last.map((_, index) => shown.map((cells) => cells[index] ?? ''));
  const before = (lines[0] ?? []).reduce((sum, text) => sum + text.length + 2, 0);
  const room = width === undefined ? Number.POSITIVE_INFINITY : Math.max(8, width - before);
  return lines.map((cells, index) => `${[...cells, cut(last[index] ?? '', room)].join('  ').trimEnd()}\n`).join('');
}

/** Title and cells of a column, all of one width. */
function padded<Row>({ title, right }: Column<Row>, cells: readonly string[]): string[] {
  const texts = [title, ...cells];
  const width = Math.max(...texts.map((text) => text.length));
  return texts.map((text) => (right ? text.padStart(width) : text.padEnd(width)));
}

function cut(text: string, room: number): string {
  const bare = text.trimEnd();
  return bare.length > room ? `…${bare.slice(bare.length - room + 1)}` : bare;
}
