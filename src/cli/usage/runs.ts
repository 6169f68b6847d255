import { DATABASE } from '../options.ts';
import type { Usage } from '../usage.ts';

export const usage = {
  synopsis: 'runs',
  describe: 'List the runs that were observed or put together from logs, newest first.',
  examples: [
    ['profiler runs --exe helloworld', 'runs of a program'],
    ['profiler runs --limit 10', 'the last ten'],
    ['profiler runs --json', 'all that is stored of them'],
  ],
  options: [
    DATABASE,
    { name: 'exe', kind: 'text', describe: 'only runs of this program: its name or path' },
    { name: 'limit', kind: 'number', describe: 'no more than so many' },
    { name: 'json', kind: 'flag', describe: 'print JSON' },
  ],
} as const satisfies Usage;
