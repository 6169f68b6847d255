import { syscallName } from '../kernel/abi.ts';
import type { Run, RunTally } from '../observe/run.ts';

/** In what runs of one program can differ besides their input. */
export type Aspect = 'kernel' | 'libc' | 'program' | 'host';

/** Runs that have one value of an aspect. */
export interface Group {
  /** A kernel's release, libc's version, the beginning of the program's sha256, a host's name. */
  readonly value: string;
  readonly runs: number;
  /** Calls, by name or number, that no run of another value made. */
  readonly only: readonly string[];
}

/** Runs differ in this aspect; their lists are one list, and this is what each value brought to it. */
export interface Difference {
  readonly aspect: Aspect;
  readonly groups: readonly Group[];
}

const SHA_SHOWN = 12;

const VALUES: Readonly<Record<Aspect, (run: Run) => string | undefined>> = {
  kernel: (run) => run.kernel,
  libc: (run) => run.libc,
  program: (run) => run.sha256?.slice(0, SHA_SHOWN),
  host: (run) => run.host,
};

/**
 * Where runs that go into one list are not of one kind: another kernel, libc, build or host. Hosts are told only where
 * their calls differ: replicas are meant to be many. Runs that do not know a value stand aside.
 */
export function differences(runs: readonly Run[], tallies: readonly RunTally[]): Difference[] {
  const calls = callsByRun(tallies);
  return (Object.keys(VALUES) as Aspect[]).flatMap((aspect) => {
    const groups = groupsOf(runs, VALUES[aspect], calls);
    const differs = groups.length > 1 && (aspect !== 'host' || groups.some(({ only }) => only.length > 0));
    return differs ? [{ aspect, groups }] : [];
  });
}

function callsByRun(tallies: readonly RunTally[]): ReadonlyMap<number, ReadonlySet<string>> {
  const calls = new Map<number, Set<string>>();
  for (const { runId, archToken, nr } of tallies) {
    const of = calls.get(runId) ?? new Set();
    calls.set(runId, of.add(syscallName(archToken, nr) ?? String(nr)));
  }
  return calls;
}

function groupsOf(
  runs: readonly Run[],
  valueOf: (run: Run) => string | undefined,
  calls: ReadonlyMap<number, ReadonlySet<string>>,
): Group[] {
  const byValue = new Map<string, { runs: number; calls: Set<string> }>();
  for (const run of runs) {
    const value = valueOf(run);
    if (value === undefined) continue;
    const group = byValue.get(value) ?? { runs: 0, calls: new Set() };
    group.runs++;
    for (const call of calls.get(run.id) ?? []) group.calls.add(call);
    byValue.set(value, group);
  }
  const holders = new Map<string, number>();
  for (const group of byValue.values()) {
    for (const call of group.calls) holders.set(call, (holders.get(call) ?? 0) + 1);
  }
  return [...byValue]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([value, group]) => ({
      value,
      runs: group.runs,
      only: [...group.calls].filter((call) => holders.get(call) === 1).sort(),
    }));
}
