import { syscallName } from '../kernel/abi.ts';
import type { Run, RunTally } from '../observe/run.ts';
import type { RunSummary } from './profile.ts';

/** What a profile tells of a run that it was made from. */
export function summarize(run: Run, tallies: readonly RunTally[]): RunSummary {
  const { id, kind, mode, stage, name, startedMs, records, lost } = run;
  return { id, kind, mode, stage, name, startedMs, records, lost, incomplete: incompleteness(run, tallies) };
}

function incompleteness(run: Run, tallies: readonly RunTally[]): string | undefined {
  if (run.kind === 'inferred') return hasEnd(tallies) ? undefined : 'the log holds no exit_group';
  if (!run.end) return 'it has no end: it still runs, or its observer was killed';
  return run.end.complete ? undefined : (run.end.why ?? 'the end was not seen');
}

/** exit_group, or a signal of its own filter. */
function hasEnd(tallies: readonly RunTally[]): boolean {
  return tallies.some(({ archToken, nr, code }) => code === 0x8000_0000 || syscallName(archToken, nr) === 'exit_group');
}
