import type { Run } from '../observe/run.ts';
import { visible } from './visible.ts';

interface Column {
  readonly title: string;
  readonly right?: true;
  readonly of: (run: Run) => string;
}

const COLUMNS: readonly Column[] = [
  { title: 'ID', right: true, of: (run) => String(run.id) },
  { title: 'WHEN', of: (run) => when(run.startedMs) },
  { title: 'STAGE', of: (run) => run.stage },
  { title: 'KIND', of: (run) => (run.mode === 'known' ? `${run.kind}, known` : run.kind) },
  { title: 'RECORDS', right: true, of: (run) => String(run.records) },
  { title: 'CALLS', right: true, of: (run) => String(run.calls) },
  { title: 'LOST', right: true, of: (run) => (run.lost === undefined ? '?' : String(run.lost)) },
  { title: 'END', of: ended },
  { title: 'NAME', of: (run) => run.name ?? '' },
  { title: 'PROGRAM', of: (run) => run.exe },
];

/** Runs as a table; a program's path is cut from the left to `width` columns, undefined: nothing is cut. */
export function runsTable(runs: readonly Run[], width: number | undefined): string {
  const rows = runs.map((run) => COLUMNS.map((column) => visible(column.of(run))));
  const shown = COLUMNS.map((_, index) => index).filter(
    (index) => index !== NAME || rows.some((row) => row[NAME] !== ''),
  );
  const titles = COLUMNS.map((column) => column.title);
  const widths = titles.map((title, index) => Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const before = shown.slice(0, -1).reduce((sum, index) => sum + (widths[index] ?? 0) + 2, 0);
  const room = width === undefined ? Number.POSITIVE_INFINITY : Math.max(8, width - before);
  const line = (cells: readonly string[]) =>
    shown
      .map((index) => cell(cells[index] ?? '', index, widths[index] ?? 0, room))
      .join('  ')
      .trimEnd();
  return `${[titles, ...rows].map(line).join('\n')}\n`;
}

const NAME = COLUMNS.findIndex((column) => column.title === 'NAME');

function cell(text: string, index: number, width: number, room: number): string {
  if (index === COLUMNS.length - 1) return text.length > room ? `…${text.slice(text.length - room + 1)}` : text;
  return COLUMNS[index]?.right ? text.padStart(width) : text.padEnd(width);
}

/** Local time to the second: 2026-11-22 11:05:07. */
function when(ms: number): string {
  const at = new Date(ms);
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function ended({ kind, end }: Run): string {
  if (kind === 'inferred') return '-';
  if (!end) return 'open';
  if (!end.complete) return 'incomplete';
  return end.exitSignal ?? `exit ${end.exitCode ?? '?'}`;
}
