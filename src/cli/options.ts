import { databasePath } from '../config/paths.ts';
import { UsageError } from '../errors.ts';
import { CLOSURES, type Closure } from '../profile/closure/rule.ts';
import type { Context } from './command.ts';

/** --db, as every command that opens the database has it; config/paths.ts says what it stands for. */
export const DATABASE = {
  name: 'db',
  kind: 'text',
  describe: 'database file (default: PROFILER_DB, else /var/lib/profiler/profiler.db for root, else XDG state)',
} as const;

/** --closure, as the commands that make a list have it. */
export const CLOSURE = {
  name: 'closure',
  kind: 'choice',
  choices: CLOSURES,
  describe:
    'add what no run showed: nothing; what an ordinary run may need; also its variants (default: PROFILER_CLOSURE, else none)',
} as const;

/** The closure that --closure or the environment asks for; throws UsageError for a word that is none. */
export function closureOf(option: Closure | undefined, env: Context['env']): Closure {
  const asked = option ?? (env['PROFILER_CLOSURE'] || 'none');
  const found = CLOSURES.find((closure) => closure === asked);
  if (found === undefined) throw new UsageError(`PROFILER_CLOSURE=${asked}: want ${CLOSURES.join(', ')}`);
  return found;
}

/** The database that --db, the environment or the user stand for. */
export function databaseOf(option: string | undefined, env: Context['env']): string {
  return databasePath(option, env, process.getuid?.() ?? 0);
}
