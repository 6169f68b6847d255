import { type Observed, type ObserveEars, observe, type Repeat } from '../../app/observe/observe.ts';
import type { RunCounts } from '../../app/observe/types.ts';
import { UsageError } from '../../errors.ts';
import type { Context, Outcome } from '../command.ts';
import { runJson, runText } from '../observe-report.ts';
import { databaseOf } from '../options.ts';
import { MAX_RUNS, type usage } from '../usage/observe.ts';
import type { ArgsOf } from '../usage.ts';

type Args = ArgsOf<typeof usage> & { readonly cmd: readonly string[] };

export async function run(args: Args, context: Context): Promise<Outcome> {
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
  const observed = await observe(request, earsOf(args, context));
  if (args.json) context.stderr.write(`${JSON.stringify(asJson(observed))}\n`);
  else if (observed.quiet === false) context.stderr.write(`not quiet after ${observed.runs.length} runs\n`);
  return outcomeOf(observed);
}

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
    progress: (counts, turn) => {
      if (!shows) return;
      stderr.write(`\r\x1b[K${progressText(counts, turn)}`);
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

function progressText({ records, calls }: RunCounts, turn: number): string {
  return `run ${turn}: ${calls} calls, ${records} records`;
}

function asJson({ program, runs, quiet, ended }: Observed): Record<string, unknown> {
  return { runs: runs.map((result) => runJson(result, program)), quiet: quiet ?? null, ended };
}

function outcomeOf({ ended }: Observed): Outcome {
  return ended.kind === 'signal' ? { signal: ended.signal } : ended.code;
}
