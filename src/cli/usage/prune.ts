import { DATABASE } from '../options.ts';
import type { Usage } from '../usage.ts';

export const usage = {
  synopsis: 'prune',
  describe:
    'Remove old runs, each whole, with what belongs to no run that is left. The newest complete run of each program and stage stays, whatever its age.',
  examples: [
    ['profiler prune --dry-run', 'what would go, and nothing goes'],
    ['profiler prune --older-than 30d --keep-runs 5', 'the last 30 days, and the newest five runs of each program'],
    ['profiler prune --older-than 0d --all --exe helloworld', 'forget a program'],
    ['profiler prune --vacuum', 'and give the room back to the disk'],
  ],
  options: [
    DATABASE,
    {
      name: 'older-than',
      kind: 'text',
      describe:
        'runs that were over before this may go: minutes, hours, days or weeks, as in 12h or 90d (default: 90d)',
    },
    {
      name: 'keep-runs',
      kind: 'number',
      describe: 'so many of the newest runs of each program and stage stay, whatever their age (default: 1)',
    },
    { name: 'all', kind: 'flag', describe: 'keep no run for its program’s sake' },
    { name: 'exe', kind: 'text', describe: 'only runs of this program: its name or path' },
    { name: 'dry-run', kind: 'flag', describe: 'change nothing; tell what would go' },
    {
      name: 'vacuum',
      kind: 'flag',
      describe: 'give the room back to the disk: rewrites the file, writers wait meanwhile',
    },
    { name: 'json', kind: 'flag', describe: 'print JSON' },
  ],
} as const satisfies Usage;
