import { type Enforcement, enforce } from '../../app/enforce/enforce.ts';
import { quoted } from '../../app/quoted.ts';
import { RefusedError, UsageError } from '../../errors.ts';
import { runLaunch } from '../../launch/run.ts';
import { printable } from '../../record/name.ts';
import { NoStoreError, openStore } from '../../store/open.ts';
import { type Context, EXIT, type Outcome } from '../command.ts';
import { closureOf, databaseOf } from '../options.ts';
import { painter } from '../paint.ts';
import { programNames } from '../program-name.ts';
import type { usage } from '../usage/enforce.ts';
import type { ArgsOf } from '../usage.ts';
import { visible } from '../visible.ts';

type Args = ArgsOf<typeof usage> & { readonly cmd: readonly string[] };

export async function run(args: Args, context: Context): Promise<Outcome> {
  const plan = await planned(args, context);
  const paint = painter(context.stderr, context.env);
  for (const warning of plan.warnings) context.stderr.write(`${paint.yellow('warning:')} ${visible(warning)}\n`);
  if (args.dryRun) {
    context.stdout.write(`${shellLine(plan)}\n`);
    return EXIT.ok;
  }
  const ended = await runLaunch(plan.launch, context.env);
  return ended.kind === 'signal' ? { signal: ended.signal } : (ended.code satisfies Outcome);
}

async function planned(args: Args, { env }: Context): Promise<Enforcement> {
  const { exe, name, stage, closure, strict, anyProgram, noChildren, db, cmd } = args;
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
        closure: closureOf(closure, env),
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
