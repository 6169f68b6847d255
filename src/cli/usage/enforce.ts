import { STAGES } from '../../observe/tally.ts';
import { CLOSURE, DATABASE } from '../options.ts';
import type { Usage } from '../usage.ts';

export const usage = {
  synopsis: 'enforce [options] [--] CMD [ARG]…',
  describe:
    "Run CMD under the list that was learned for it: any other system call kills it (SIGSYS). CMD's exit status and " +
    'signal are passed on; where CMD would run without its filter it is not run, exit 125. Signals that ' +
    'the caller ignored (nohup) are at their default in CMD.',
  examples: [
    ['profiler enforce -- ./hello', 'under the list learned from ./hello'],
    [
      'profiler enforce --exe /usr/bin/python3.11 --name reports -- ./reports.py',
      'a script, under the runs of one name',
    ],
    ['profiler enforce --strict -- ./hello', 'only if nothing speaks against the list'],
    ['profiler enforce --dry-run -- ./hello', 'print the command for a script or a unit file'],
  ],
  options: [
    DATABASE,
    { name: 'exe', kind: 'text', describe: 'program whose list it is; default: what CMD runs' },
    { name: 'name', kind: 'text', describe: 'only the evidence of runs of this name' },
    {
      name: 'stage',
      kind: 'choice',
      choices: STAGES.filter((stage) => stage !== 'unknown'),
      describe: 'where the filter begins; default: as in the newest run',
    },
    CLOSURE,
    {
      name: 'strict',
      kind: 'flag',
      describe: 'refuse evidence that may have holes, and a program that was changed since',
    },
    {
      name: 'any-program',
      kind: 'flag',
      describe: 'CMD may be another program than the one that the list was learned from',
    },
    { name: 'dry-run', kind: 'flag', describe: 'print the command instead of running it' },
    { name: 'no-children', kind: 'flag', hidden: true, describe: 'refused: what CMD starts inherits the filter' },
  ],
} as const satisfies Usage;
