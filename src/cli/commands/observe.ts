import type { Observed, ObserveEars, Repeat } from '../../app/observe.ts';
import type { RunCounts } from '../../app/observe-types.ts';
import { UsageError } from '../../errors.ts';
import type { LaunchStage } from '../../launch/plan.ts';
import type { Via } from '../../source/listener.ts';
import type { Command, Context, Outcome } from '../command.ts';
import { runJson, runText } from '../observe-report.ts';
import { databaseOf, withDatabase } from '../options.ts';

interface Args {
  readonly cmd: readonly string[];
  readonly db?: string;
  readonly stage?: LaunchStage;
  readonly name?: string;
  readonly user?: string;
  readonly wait?: 'all' | 'main';
  readonly known?: boolean;
  readonly repeat?: number;
  readonly untilQuiet?: number;
  readonly maxRuns?: number;
  readonly via?: Via;
  readonly json?: boolean;
}

const MAX_RUNS = 50;

export const command: Command<Args> = {
  usage: 'observe [options] [--] CMD…',
  describe:
    "Runs CMD with every system call logged by the kernel, and learns them. CMD's standard streams, signals and exit " +
    "status pass through; profiler's own failures are 125, 126 (CMD cannot be run), 127 (CMD not found).",
  examples: [
    ['profiler observe -- ./helloworld', 'learn what it calls'],
    ['profiler observe --name web --wait main -- ./server --once', 'give the run a name; leave its children running'],
    ['profiler observe --until-quiet 3 -- ./tests', 'again, logging only what is new, until 3 runs bring nothing'],
    ['profiler observe --user www-data -- /usr/sbin/nginx -t', 'as another user'],
  ],
  options: (yargs) =>
    withDatabase(yargs)
      .option('stage', {
        choices: ['preload', 'launcher'],
        describe:
          'log after the loader (default for dynamic programs), or from the first instruction on (for static ones)',
      })
      .option('name', { type: 'string', requiresArg: true, describe: 'name of the run, to ask for it later' })
      .option('user', { type: 'string', requiresArg: true, describe: "run CMD as this user, with the user's groups" })
      .option('wait', {
        choices: ['all', 'main'],
        describe: 'until all descendants have ended (default), or until CMD has',
      })
      .option('known', {
        type: 'boolean',
        describe: 'do not log what earlier runs have learned: only new calls cost a record',
      })
      .option('repeat', { type: 'number', requiresArg: true, describe: 'run CMD so often (default 1)' })
      .option('until-quiet', {
        type: 'number',
        requiresArg: true,
        describe: 'run CMD, from the second time on with --known, until so many runs in a row brought no new call',
      })
      .option('max-runs', {
        type: 'number',
        requiresArg: true,
        describe: `with --until-quiet: at most (default ${MAX_RUNS})`,
      })
      .option('via', {
        choices: ['netlink', 'kmsg'],
        describe: "read the audit multicast group, or the kernel's log (which loses records)",
      })
      .option('json', { type: 'boolean', describe: 'print what was observed as one line of JSON on standard error' }),
  run: async (args, context) => {
    const request = {
      argv: args.cmd,
      stage: args.stage,
      user: args.user,
      env: context.env,
      database: databaseOf(args.db, context.env),
      name: args.name,
      wait: args.wait ?? 'all',
      known: args.known ?? false,
      repeat: repeatOf(args),
      via: args.via,
    };
    // Not before it is needed: help shall not load a database.
    const { observe } = await import('../../app/observe.ts');
    const observed = await observe(request, earsOf(args, context));
    if (args.json) context.stderr.write(`${JSON.stringify(asJson(observed))}\n`);
    else if (observed.quiet === false) context.stderr.write(`not quiet after ${observed.runs.length} runs\n`);
    return outcomeOf(observed);
  },
};

function repeatOf({ repeat, untilQuiet, maxRuns }: Args): Repeat {
  if (repeat !== undefined && untilQuiet !== undefined)
    throw new UsageError('observe: want --repeat or --until-quiet, not both');
  if (maxRuns !== undefined && untilQuiet === undefined)
    throw new UsageError('observe: --max-runs wants --until-quiet');
  for (const [name, value] of Object.entries({ repeat, 'until-quiet': untilQuiet, 'max-runs': maxRuns })) {
    if (value !== undefined && (!Number.isInteger(value) || value < 1))
      throw new UsageError(`observe: --${name}: want a number from 1 on`);
  }
  if (untilQuiet === undefined) return { kind: 'times', times: repeat ?? 1 };
  return { kind: 'until-quiet', quiet: untilQuiet, max: maxRuns ?? MAX_RUNS };
}

function earsOf({ json }: Args, { stderr, stdout, nowMs }: Context): ObserveEars {
  // What CMD writes to a terminal must not be drawn over.
  const shows = stderr.isTTY && !stdout.isTTY;
  let shown = false;
  const clear = (): void => {
    if (shown) stderr.write('\r\x1b[K');
    shown = false;
  };
  return {
    nowMs,
    standIn: (why) => stderr.write(`reading the kernel's log, which drops what its rate limit suppresses: ${why}\n`),
    progress: (counts, run) => {
      if (!shows) return;
      stderr.write(`\r\x1b[K${progressText(counts, run)}`);
      shown = true;
    },
    run: (result, program) => {
      clear();
      if (!json)
        stderr.write(
          runText(result, program)
            .map((line) => `${line}\n`)
            .join(''),
        );
    },
  };
}

function progressText({ records, calls }: RunCounts, run: number): string {
  return `run ${run}: ${calls} calls, ${records} records`;
}

function asJson({ program, runs, quiet, ended }: Observed): Record<string, unknown> {
  return { runs: runs.map((result) => runJson(result, program)), quiet: quiet ?? null, ended };
}

function outcomeOf({ ended }: Observed): Outcome {
  return ended.kind === 'signal' ? { signal: ended.signal } : ended.code;
}
