import { type Enforcement, type EnforceRequest, enforce } from '../../app/enforce.ts';
import { quoted } from '../../app/quoted.ts';
import { RefusedError, UsageError } from '../../errors.ts';
import { runLaunch } from '../../launch/run.ts';
import { STAGES } from '../../observe/tally.ts';
import { printable } from '../../record/name.ts';
import { NoStoreError, openStore } from '../../store/open.ts';
import { type Command, type Context, EXIT, type Outcome } from '../command.ts';
import { databaseOf, withDatabase } from '../options.ts';
import { painter } from '../paint.ts';
import { programNames } from '../program-name.ts';
import { visible } from '../visible.ts';

interface Args {
  readonly exe?: string;
  readonly stage?: EnforceRequest['stage'];
  readonly name?: string;
  readonly strict?: boolean;
  readonly anyProgram?: boolean;
  readonly noChildren?: boolean;
  readonly dryRun?: boolean;
  readonly db?: string;
  readonly cmd: readonly string[];
}

export const command: Command<Args> = {
  usage: 'enforce [options] [--] CMD [ARG]…',
  describe:
    "Run CMD under the list that was learned for it: any other system call kills it (SIGSYS). CMD's exit status and signal are passed on; where CMD would run without its filter it is not run, exit 125.",
  examples: [
    ['profiler enforce -- ./hello', 'under the list learned from ./hello'],
    [
      'profiler enforce --exe /usr/bin/python3.11 --name reports -- ./reports.py',
      'a script, under the runs of one name',
    ],
    ['profiler enforce --strict -- ./hello', 'only if nothing speaks against the list'],
    ['profiler enforce --dry-run -- ./hello', 'print the command for a script or a unit file'],
  ],
  options: (yargs) =>
    withDatabase(yargs)
      .option('exe', {
        type: 'string',
        requiresArg: true,
        describe: 'program whose list it is; default: what CMD runs',
      })
      .option('name', { type: 'string', requiresArg: true, describe: 'only the evidence of runs of this name' })
      .option('stage', {
        choices: STAGES.filter((stage) => stage !== 'unknown'),
        requiresArg: true,
        describe: 'where the filter begins; default: as in the newest run',
      })
      .option('strict', {
        type: 'boolean',
        describe: 'refuse evidence that may have holes, and a program that was changed since',
      })
      .option('any-program', {
        type: 'boolean',
        describe: 'CMD may be another program than the one that the list was learned from',
      })
      .option('dry-run', { type: 'boolean', describe: 'print the command instead of running it' })
      .option('no-children', { type: 'boolean', hidden: true }),
  run: async (args, context) => {
    const plan = await planned(args, context);
    const paint = painter(context.stderr, context.env);
    for (const warning of plan.warnings) context.stderr.write(`${paint.yellow('warning:')} ${visible(warning)}\n`);
    if (args.dryRun) {
      context.stdout.write(`${shellLine(plan)}\n`);
      return EXIT.ok;
    }
    const ended = await runLaunch(plan.launch, context.env);
    return ended.kind === 'signal' ? { signal: ended.signal } : (ended.code satisfies Outcome);
  },
};

async function planned(args: Args, { env }: Context): Promise<Enforcement> {
  const { exe, name, stage, strict, anyProgram, noChildren, db, cmd } = args;
  if (noChildren)
    throw new UsageError('enforce: --no-children: programs that CMD starts inherit the filter and would be killed');
  if (cmd.length === 0) throw new UsageError('enforce: want a program: profiler enforce -- CMD [ARG]…');
  const again = db === undefined ? '' : `--db ${quoted(db)} `;
  try {
    const store = openStore(databaseOf(db, env), { readonly: true });
    try {
      return await enforce(store, {
        argv: cmd,
        exe: exe === undefined ? undefined : programNames(exe),
        name,
        stage,
        strict: strict === true,
        anyProgram: anyProgram === true,
        env,
        caller: { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 },
        again,
      });
    } finally {
      store.close();
    }
  } catch (error) {
    if (!(error instanceof NoStoreError)) throw error;
    const observe = `profiler observe ${again}-- ${cmd.map((word) => quoted(printable(word))).join(' ')}`;
    throw new RefusedError(`${error.message}; observe first, by: ${observe}`, { exitCode: 125, cause: error });
  }
}

/** env(1) with what the launch sets, ready to paste. */
function shellLine({ launch }: Enforcement): string {
  const unset = launch.unset.flatMap((name) => ['-u', name]);
  const set = Object.entries(launch.set).map(([name, value]) => `${name}=${value}`);
  return ['env', ...unset, ...set, launch.path, ...launch.argv.slice(1)].map((word) => quoted(word)).join(' ');
}
