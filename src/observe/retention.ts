import type { NewRun } from './run.ts';

/** What decides how long a run is kept. */
export interface RunAge extends Pick<NewRun, 'kind' | 'stage' | 'mode' | 'name' | 'exe' | 'bootId' | 'startedMs'> {
  readonly id: number;
  readonly argv0: string | undefined;
  readonly ended: boolean;
  readonly complete: boolean;
  /** None of its records is more than forgeable. */
  readonly forgeable: boolean;
  /** Its end or its last record, whichever is later. */
  readonly lastMs: number;
}

export interface Retention {
  /** Runs that were over before this may go. */
  readonly beforeMs: number;
  /** So many of the newest runs of each program and stage stay, whatever their age. */
  readonly keep: number;
  /** The boot that this machine is in: an observed run of it without an end may still go on. */
  readonly bootId: string | undefined;
}

/**
 * The runs that go. Those that stay whatever their age are counted apart for what is never merged or not worth the same:
 * stages, runs with learned calls allowed, runs put together from a log, and what may be forged, which thus pushes nothing
 * out. Of observed runs only complete ones count.
 */
export function expired(runs: readonly RunAge[], { beforeMs, keep, bootId }: Retention): readonly RunAge[] {
  const kept = new Map<string, number>();
  const stays = (run: RunAge): boolean => {
    if (run.kind === 'observed' && !run.complete) return false;
    const key = JSON.stringify([run.exe, run.argv0, run.name, run.kind, run.stage, run.mode, run.forgeable]);
    const count = kept.get(key) ?? 0;
    kept.set(key, count + 1);
    return count < keep;
  };
  const goesOn = (run: RunAge): boolean => run.kind === 'observed' && !run.ended && run.bootId === bootId;
  const newestFirst = [...runs].sort((a, b) => b.startedMs - a.startedMs || b.id - a.id);
  return newestFirst.filter((run) => !stays(run) && !goesOn(run) && run.lastMs < beforeMs);
}
