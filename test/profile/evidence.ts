import type { Run, RunTally } from '../../src/observe/run.ts';
import { newRun, newTally } from '../store/helpers.ts';

export { LOG, X86_64 } from '../store/helpers.ts';
export const I386 = 0x40000003;

/** A run that was observed to its end. */
export function aRun(id: number, change: Partial<Run> = {}): Run {
  const end = { endedMs: 2, complete: true, why: undefined, exitCode: 0, exitSignal: undefined, newCalls: 0 };
  return { ...newRun(), id, end, sessions: [7], records: 1, calls: 1, lost: 0, ...change };
}

export function aTally(runId: number, nr: number, change: Partial<RunTally> = {}): RunTally {
  return newTally({ nr, ...change, runId });
}
