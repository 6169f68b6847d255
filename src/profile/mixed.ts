import type { Run } from '../observe/run.ts';
import { basenameOf } from './exe.ts';
import { isInterpreter } from './subject.ts';

/**
 * What an interpreter's runs ran, where that differs: their list allows what any of those programs needs. Empty for any
 * other program. Imported runs do not tell; more than one of them may differ.
 */
export function mixedPrograms(runs: readonly Run[]): readonly string[] {
  const interpreted = runs.filter((run) => isInterpreter(run.exe));
  const told = new Set(interpreted.map(programOf));
  const untold = interpreted.filter((run) => run.argv.length === 0).length;
  return told.size > 1 || untold > 1 ? [...told].sort() : [];
}

/** The command line without the interpreter's own name. */
function programOf({ exe, argv: [argv0, ...rest] }: Run): string {
  if (argv0 === undefined) return '(not known: imported)';
  return basenameOf(argv0) === basenameOf(exe) || isInterpreter(argv0) ? rest.join(' ') : [argv0, ...rest].join(' ');
}
