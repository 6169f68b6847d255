import { sha256OfFile } from '../../launch/file.ts';
import type { ProgramFacts } from '../../launch/program.ts';
import type { Run } from '../../observe/run.ts';

/**
 * Says where none of the runs was made by the program as it is now: an update may bring new calls. Runs that were put
 * together from logs tell nothing of the file.
 */
export async function changedSince(runs: readonly Run[], program: ProgramFacts): Promise<string[]> {
  const known = runs.filter((run) => run.sha256 !== undefined);
  const { buildId } = program.elf;
  if (known.length === 0 || known.some((run) => buildId !== undefined && run.buildId === buildId)) return [];
  const sha256 = await sha256OfFile(program.exe);
  if (known.some((run) => run.sha256 === sha256)) return [];
  return ['the program was changed since its list was learned: observe it again'];
}
