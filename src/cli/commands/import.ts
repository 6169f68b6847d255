import { hostname } from 'node:os';
import { openStore } from '../../store/open.ts';
import type { Context, Outcome } from '../command.ts';
import { importFiles } from '../import-files.ts';
import { databaseOf } from '../options.ts';
import type { usage } from '../usage/import.ts';
import type { ArgsOf } from '../usage.ts';

type Args = ArgsOf<typeof usage> & { readonly file: readonly string[] };

export async function run({ file, db, carrier, trust, host, json }: Args, context: Context): Promise<Outcome> {
  const store = openStore(databaseOf(db, context.env));
  try {
    const ask = { carrier, trust, localHost: host ?? hostname() };
    const { reports, exit } = await importFiles(file, ask, context, store);
    if (json) context.stdout.write(`${JSON.stringify({ schema: 1, sources: reports }, undefined, 2)}\n`);
    return exit;
  } finally {
    store.close();
  }
}
