import { databasePath } from '../config/paths.ts';
import type { Context } from './command.ts';

/** --db, as every command that opens the database has it; config/paths.ts says what it stands for. */
export const DATABASE = {
  name: 'db',
  kind: 'text',
  describe: 'database file (default: PROFILER_DB, else /var/lib/profiler/profiler.db for root, else XDG state)',
} as const;

/** The database that --db, the environment or the user stand for. */
export function databaseOf(option: string | undefined, env: Context['env']): string {
  return databasePath(option, env, process.getuid?.() ?? 0);
}
