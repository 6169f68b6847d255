import { listRuns } from '../../app/suggest/list-runs.ts';
import { type Context, EXIT, type Outcome } from '../command.ts';
import { databaseOf } from '../options.ts';
import { programNames } from '../program-name.ts';
import { runsTable } from '../runs-table.ts';
import type { usage } from '../usage/runs.ts';
import type { ArgsOf } from '../usage.ts';

type Args = ArgsOf<typeof usage>;

export async function run({ exe, limit, json, db }: Args, { stdout, stderr, env }: Context): Promise<Outcome> {
  const names = exe === undefined ? undefined : programNames(exe);
  const runs = listRuns(databaseOf(db, env), names, limit);
  if (json) stdout.write(`${JSON.stringify({ schema: 1, runs }, undefined, 2)}\n`);
  else if (runs.length === 0) stderr.write('no runs are stored; profiler observe or profiler import brings some\n');
  else stdout.write(runsTable(runs, stdout.isTTY ? (stdout.columns ?? 80) : undefined));
  return EXIT.ok;
}
