import { existsSync, statSync } from 'node:fs';
import { type PruneReport, prune } from '../../app/keep/prune.ts';
import { spanMs } from '../../app/span.ts';
import { RefusedError, UsageError } from '../../errors.ts';
import { openStore } from '../../store/open.ts';
import { type Context, EXIT, type Outcome } from '../command.ts';
import { databaseOf } from '../options.ts';
import { plural } from '../plural.ts';
import { programNames } from '../program-name.ts';
import type { usage } from '../usage/prune.ts';
import type { ArgsOf } from '../usage.ts';
import { visible } from '../visible.ts';

type Args = ArgsOf<typeof usage>;

/** Of programs that are forgotten so many are named; --json names all. */
const NAMED = 20;

export async function run(args: Args, { stdout, env, nowMs }: Context): Promise<Outcome> {
  const { exe, json, vacuum, dryRun = false } = args;
  const wish = { names: exe === undefined ? undefined : programNames(exe), keep: keepOf(args), dryRun };
  const beforeMs = nowMs() - ageOf(args.olderThan ?? '90d');
  const database = databaseOf(args.db, env);
  if (!existsSync(database)) throw new RefusedError(`${visible(database)}: no evidence is stored there yet`);
  const store = openStore(database);
  try {
    const report = prune(store, { ...wish, beforeMs });
    if (vacuum && !dryRun) store.vacuum();
    const bytes = statSync(database).size;
    if (json) stdout.write(`${JSON.stringify({ schema: 1, dryRun, beforeMs, ...report, bytes }, undefined, 2)}\n`);
    else stdout.write(text(report, dryRun).join('\n').concat('\n'));
    return EXIT.ok;
  } finally {
    store.close();
  }
}

function keepOf({ all, keepRuns }: Args): number {
  if (all && keepRuns !== undefined) throw new UsageError('--all keeps none: want it or --keep-runs, not both');
  const keep = all ? 0 : (keepRuns ?? 1);
  if (!Number.isSafeInteger(keep) || (keep < 1 && !all))
    throw new UsageError('--keep-runs: want 1 or more; --all keeps none');
  return keep;
}

function ageOf(span: string): number {
  if (!/^\d{1,5}[mhdw]$/.test(span))
    throw new UsageError(`--older-than ${visible(span)}: want a time like 12h, 90d or 8w`);
  return spanMs(span);
}

function text(
  { runs, records, losses, accesses, spans, programs, left, forgotten }: PruneReport,
  dryRun: boolean,
): string[] {
  const gone = `${plural(runs, 'run')} with ${plural(records, 'record')}`;
  const rest = `${plural(losses, 'loss', 'losses')} of imports, ${plural(spans, 'span')} of seen events, ${plural(programs, 'program file')}${accesses > 0 ? `, ${plural(accesses, 'AppArmor record')}` : ''}`;
  const named = forgotten.slice(0, NAMED).map((exe) => `  no run is left of ${visible(exe)}`);
  return [
    `${dryRun ? 'would remove' : 'removed'}: ${gone}; ${rest}; ${plural(left, 'run')} left`,
    ...named,
    ...(forgotten.length > NAMED ? [`  nor of ${plural(forgotten.length - NAMED, 'more program')}`] : []),
  ];
}
