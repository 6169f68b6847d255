import { DATABASE } from '../options.ts';
import type { Usage } from '../usage.ts';

export const usage = {
  synopsis: 'backup <file>',
  describe:
    'Copy the database as it is at this moment, while a daemon writes to it, into one file that only you may read. The copy is checked before it gets its name.',
  examples: [
    ['profiler backup /var/backups/profiler.db', 'a copy that any command reads by --db'],
    ['profiler backup --force /var/backups/profiler.db', 'put the new copy in the place of the last one'],
  ],
  options: [DATABASE, { name: 'force', kind: 'flag', describe: 'replace a file that is there already' }],
} as const satisfies Usage;
