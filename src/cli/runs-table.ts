import type { Run } from '../observe/run.ts';
import { isInterpreter } from '../profile/subject.ts';
import { type Column, table } from './table.ts';
import { when } from './when.ts';

const COLUMNS: readonly Column<Run>[] = [
  { title: 'ID', right: true, of: (run) => String(run.id) },
  { title: 'WHEN', of: (run) => when(run.startedMs) },
  { title: 'STAGE', of: (run) => run.stage },
  { title: 'KIND', of: (run) => (run.mode === 'known' ? `${run.kind}, known` : run.kind) },
  { title: 'RECORDS', right: true, of: (run) => String(run.records) },
  { title: 'CALLS', right: true, of: (run) => String(run.calls) },
  { title: 'LOST', right: true, of: (run) => (run.lost === undefined ? '?' : String(run.lost)) },
  { title: 'END', of: ended },
  { title: 'NAME', optional: true, of: (run) => run.name ?? '' },
  { title: 'PROGRAM', of: program },
];

/** Runs as a table for `width` columns; undefined: nothing is cut. */
export function runsTable(runs: readonly Run[], width: number | undefined): string {
  return table(COLUMNS, runs, width);
}

/** With the script that an interpreter ran, which the run keeps as its argv[0]. */
function program({ exe, argv: [argv0 = ''] }: Run): string {
  return argv0.startsWith('/') && isInterpreter(exe) && !isInterpreter(argv0) ? `${exe} ${argv0}` : exe;
}

function ended({ kind, end }: Run): string {
  if (kind === 'inferred') return '-';
  if (!end) return 'open';
  if (!end.complete) return 'incomplete';
  return end.exitSignal ?? `exit ${end.exitCode ?? '?'}`;
}
