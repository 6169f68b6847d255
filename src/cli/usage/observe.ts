import { DATABASE } from '../options.ts';
import type { Usage } from '../usage.ts';

/** Runs of --until-quiet, where no --max-runs was given. */
export const MAX_RUNS = 50;

export const usage = {
  synopsis: 'observe [options] [--] CMD…',
  describe:
    "Runs CMD with every system call logged by the kernel, and learns them. CMD's standard streams, signals and exit " +
    "status pass through; profiler's own failures are 125, 126 (CMD cannot be run), 127 (CMD not found). " +
    'Signals that the caller ignored (nohup) are at their default in CMD.',
  examples: [
    ['profiler observe -- ./helloworld', 'learn what it calls'],
    ['profiler observe --name web --wait main -- ./server --once', 'give the run a name; leave its children running'],
    ['profiler observe --until-quiet 3 -- ./tests', 'again, logging only what is new, until 3 runs bring nothing'],
    ['profiler observe --user www-data -- /usr/sbin/nginx -t', 'as another user'],
  ],
  options: [
    DATABASE,
    {
      name: 'stage',
      kind: 'choice',
      choices: ['preload', 'launcher'],
      describe:
        'log after the loader (default for dynamic programs), or from the first instruction on (for static ones)',
    },
    { name: 'name', kind: 'text', describe: 'name of the run, to ask for it later' },
    { name: 'user', kind: 'text', describe: "run CMD as this user, with the user's groups" },
    {
      name: 'wait',
      kind: 'choice',
      choices: ['all', 'main'],
      describe: 'until all descendants have ended (default), or until CMD has',
    },
    {
      name: 'known',
      kind: 'flag',
      describe: 'do not log what earlier runs have learned: only new calls cost a record',
    },
    { name: 'repeat', kind: 'number', describe: 'run CMD so often (default 1)' },
    {
      name: 'until-quiet',
      kind: 'number',
      describe: 'run CMD, from the second time on with --known, until so many runs in a row brought no new call',
    },
    { name: 'max-runs', kind: 'number', describe: `with --until-quiet: at most (default ${MAX_RUNS})` },
    {
      name: 'via',
      kind: 'choice',
      choices: ['netlink', 'kmsg'],
      describe: "read the audit multicast group, or the kernel's log (which loses records)",
    },
    { name: 'json', kind: 'flag', describe: 'print what was observed as one line of JSON on standard error' },
  ],
} as const satisfies Usage;
