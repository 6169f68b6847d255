import { readFileSync } from 'node:fs';
import { UsageError } from '../../errors.ts';
import { expired, type RunAge } from '../../observe/retention.ts';
import { livingPath } from '../../profile/exe.ts';
import { candidatesFor } from '../../profile/subject.ts';
import type { Pruned, Store } from '../../store/store.ts';

export interface PruneRequest {
  /** Ways to write the one program that is meant; undefined: all programs. */
  readonly names: readonly string[] | undefined;
  readonly beforeMs: number;
  readonly keep: number;
  readonly dryRun: boolean;
}

export interface PruneReport extends Pruned {
  readonly left: number;
  /** Programs of which no run is left. */
  readonly forgotten: readonly string[];
}

/** Removes old runs, whole. Throws a UsageError where no run is of the program that is meant. */
export function prune(store: Store, { names, beforeMs, keep, dryRun }: PruneRequest): PruneReport {
  return store.atomically(() => {
    const all = store.runAges();
    const meant = names ? meantBy(names, all) : all;
    const gone = new Set(expired(meant, { beforeMs, keep, bootId: thisBoot() }).map((run) => run.id));
    const pruned = store.prune({ runIds: [...gone], beforeMs, accesses: names === undefined, dryRun });
    const left = all.filter((run) => !gone.has(run.id));
    const living = new Set(left.map((run) => livingPath(run.exe)));
    const forgotten = [...new Set(all.map((run) => livingPath(run.exe)))].filter((exe) => !living.has(exe)).sort();
    return { ...pruned, left: left.length, forgotten };
  });
}

function meantBy(names: readonly string[], all: readonly RunAge[]): readonly RunAge[] {
  const meant = candidatesFor(names, all, []);
  const runs = all.filter((run) =>
    meant.some(({ exe, argv0 }) => livingPath(run.exe) === exe && (argv0 === undefined || run.argv0 === argv0)),
  );
  if (runs.length === 0) throw new UsageError(`--exe: no run of ${names[0] ?? ''} is stored; see profiler runs`);
  return runs;
}

/** As `observe` writes it. */
function thisBoot(): string | undefined {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim().replaceAll('-', '');
}
