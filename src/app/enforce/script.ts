import path from 'node:path';
import type { ProgramFacts } from '../../launch/program.ts';
import { printable } from '../../record/name.ts';

/**
 * The script that a command runs, from the root on, as printable text; undefined for a binary. The kernel's records name
 * its interpreter only: this path, which a run keeps as argv[0], tells the scripts of one interpreter apart.
 */
export function scriptOf({ scripts }: Pick<ProgramFacts, 'scripts'>): string | undefined {
  const [script] = scripts;
  return script && printable(path.resolve(script.path));
}
