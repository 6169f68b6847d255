import { backupStore } from '../../store/backup.ts';
import { type Context, EXIT, type Outcome } from '../command.ts';
import { databaseOf } from '../options.ts';
import { progress } from '../progress.ts';
import type { usage } from '../usage/backup.ts';
import type { ArgsOf } from '../usage.ts';
import { visible } from '../visible.ts';

type Args = ArgsOf<typeof usage> & { readonly file: string };

export async function run({ file, force, db }: Args, { stderr, env, nowMs, signal }: Context): Promise<Outcome> {
  const bar = progress(visible(file), stderr, nowMs);
  const request = { database: databaseOf(db, env), target: file, force: force === true, signal, progress: bar.show };
  const { bytes, runs } = await backupStore(request).finally(bar.clear);
  const what = `${runs} ${runs === 1 ? 'run' : 'runs'}, ${Math.ceil(bytes / 1024)} KiB, checked`;
  stderr.write(`${visible(file)}: ${what}\n`);
  return EXIT.ok;
}
