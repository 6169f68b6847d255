import type { Run } from '../../observe/run.ts';
import { livingPath } from '../../profile/exe.ts';
import { candidatesFor } from '../../profile/subject.ts';
import { NoStoreError, openStore } from '../../store/open.ts';

/** Stored runs, newest first; of the programs that these names may stand for. None where nothing is stored yet. */
export function listRuns(
  database: string,
  names: readonly string[] | undefined,
  limit: number | undefined,
): readonly Run[] {
  const store = open(database);
  if (!store) return [];
  try {
    if (!names) return store.runs(limit === undefined ? {} : { limit });
    const meant = candidatesFor(names, store.invocations(), store.exes());
    const isMeant = (run: Run) =>
      meant.some(({ exe, argv0 }) => livingPath(run.exe) === exe && (argv0 === undefined || run.argv[0] === argv0));
    const children = meant.filter((candidate) => candidate.role === 'child').map((candidate) => candidate.exe);
    const holding = new Set(children.flatMap((exe) => store.runs({ tallyExe: exe }).map((run) => run.id)));
    return store
      .runs({})
      .filter((run) => isMeant(run) || holding.has(run.id))
      .slice(0, limit);
  } finally {
    store.close();
  }
}

function open(database: string) {
  try {
    return openStore(database, { readonly: true });
  } catch (error) {
    if (error instanceof NoStoreError) return undefined;
    throw error;
  }
}
