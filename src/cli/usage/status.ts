import { DATABASE } from '../options.ts';
import type { Usage } from '../usage.ts';

export const usage = {
  synopsis: 'status',
  describe:
    'Tell what the database holds, with --losses what it lacks, or with --pid whether a running process is under a filter, how many, and whose.',
  examples: [
    ['profiler status', 'programs, runs, records, losses, sources'],
    ['profiler status --losses --exe helloworld', 'what is missing, since when, and which runs it can touch'],
    ['profiler status --pid 1234', 'exit 0: a filter is on in every thread; 1: it is not'],
    ['profiler status --json', 'for programs'],
  ],
  options: [
    DATABASE,
    { name: 'pid', kind: 'number', describe: 'look at this process instead of the database' },
    { name: 'losses', kind: 'flag', describe: 'list what is known to be missing, newest first, and what it can touch' },
    { name: 'exe', kind: 'text', describe: 'only losses that can touch runs of this program: its name or path' },
    { name: 'limit', kind: 'number', describe: 'no more losses than so many (default: 50)' },
    { name: 'json', kind: 'flag', describe: 'print JSON' },
  ],
} as const satisfies Usage;
