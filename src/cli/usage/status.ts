import { DATABASE } from '../options.ts';
import type { Usage } from '../usage.ts';

export const usage = {
  synopsis: 'status',
  describe:
    'Tell what the database holds, or with --pid whether a running process is under a filter, how many, and whose.',
  examples: [
    ['profiler status', 'programs, runs, records, losses, sources'],
    ['profiler status --pid 1234', 'exit 0: a filter is on in every thread; 1: it is not'],
    ['profiler status --json', 'for programs'],
  ],
  options: [
    DATABASE,
    { name: 'pid', kind: 'number', describe: 'look at this process instead of the database' },
    { name: 'json', kind: 'flag', describe: 'print JSON' },
  ],
} as const satisfies Usage;
