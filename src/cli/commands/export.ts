import { exportStore } from '../../app/keep/export.ts';
import { exportToFile } from '../../app/keep/export-file.ts';
import { openStore } from '../../store/open.ts';
import { type Context, EXIT, type Outcome } from '../command.ts';
import { databaseOf } from '../options.ts';
import type { usage } from '../usage/export.ts';
import type { ArgsOf } from '../usage.ts';
import { version } from '../version.ts';
import { visible } from '../visible.ts';

type Args = ArgsOf<typeof usage> & { readonly file?: string };

export async function run({ file = '-', force, db }: Args, context: Context): Promise<Outcome> {
  const { stdout, stderr, env, signal } = context;
  const store = openStore(databaseOf(db, env), { readonly: true });
  try {
    if (file === '-') {
      exportStore(store, version(), (text) => stdout.write(text), signal);
      return EXIT.ok;
    }
    const request = { target: file, force: force === true, version: version(), signal };
    const { run: runs, tally, loss, seen } = exportToFile(store, request);
    const parts = [
      count(runs, 'run'),
      count(tally, 'tally', 'tallies'),
      count(loss, 'loss', 'losses'),
      count(seen, 'span'),
    ];
    stderr.write(`${visible(file)}: ${parts.join(', ')}\n`);
    return EXIT.ok;
  } finally {
    store.close();
  }
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
