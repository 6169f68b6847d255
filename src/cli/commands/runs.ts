import { listRuns } from '../../app/list-runs.ts';
import { type Command, EXIT } from '../command.ts';
import { databaseOf, withDatabase } from '../options.ts';
import { programNames } from '../program-name.ts';
import { runsTable } from '../runs-table.ts';

interface Args {
  readonly exe?: string;
  readonly limit?: number;
  readonly json?: boolean;
  readonly db?: string;
}

export const command: Command<Args> = {
  usage: 'runs',
  describe: 'List the runs that were observed or put together from logs, newest first.',
  examples: [
    ['profiler runs --exe helloworld', 'runs of a program'],
    ['profiler runs --limit 10', 'the last ten'],
    ['profiler runs --json', 'all that is stored of them'],
  ],
  options: (yargs) =>
    withDatabase(yargs)
      .option('exe', { type: 'string', requiresArg: true, describe: 'only runs of this program: its name or path' })
      .option('limit', { type: 'number', requiresArg: true, describe: 'no more than so many' })
      .option('json', { type: 'boolean', describe: 'print JSON' }),
  run: async ({ exe, limit, json, db }, { stdout, stderr, env }) => {
    const names = exe === undefined ? undefined : programNames(exe);
    const runs = listRuns(databaseOf(db, env), names, limit);
    if (json) stdout.write(`${JSON.stringify({ schema: 1, runs }, undefined, 2)}\n`);
    else if (runs.length === 0) stderr.write('no runs are stored; profiler observe or profiler import brings some\n');
    else stdout.write(runsTable(runs, stdout.isTTY ? (stdout.columns ?? 80) : undefined));
    return EXIT.ok;
  },
};
