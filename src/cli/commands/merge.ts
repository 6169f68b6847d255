import { hostname } from 'node:os';
import { type MixedProgram, mixedAfterMerge } from '../../app/import/merge.ts';
import { differenceRemarks } from '../../render/differences.ts';
import { openStore } from '../../store/open.ts';
import type { Context, Outcome } from '../command.ts';
import { importFiles } from '../import-files.ts';
import { databaseOf } from '../options.ts';
import type { usage } from '../usage/merge.ts';
import type { ArgsOf } from '../usage.ts';
import { visible } from '../visible.ts';

type Args = ArgsOf<typeof usage> & { readonly file: readonly string[] };

/** So many programs are told of; --json has all. */
const SHOWN = 20;

export async function run({ file, db, trust, json }: Args, context: Context): Promise<Outcome> {
  const store = openStore(databaseOf(db, context.env));
  try {
    const ask = { carrier: undefined, trust, localHost: hostname(), databaseOnly: true };
    const { reports, exit } = await importFiles(file, ask, context, store);
    const mixed = mixedAfterMerge(store);
    tell(mixed, context);
    if (json) context.stdout.write(`${JSON.stringify({ schema: 1, sources: reports, mixed }, undefined, 2)}\n`);
    return exit;
  } finally {
    store.close();
  }
}

function tell(mixed: readonly MixedProgram[], { stderr }: Context): void {
  for (const { exe, stage, differences } of mixed.slice(0, SHOWN)) {
    for (const { text } of differenceRemarks(differences)) stderr.write(`${visible(`${exe} (${stage}): ${text}`)}\n`);
  }
  if (mixed.length > SHOWN) stderr.write(`and ${mixed.length - SHOWN} more programs: --json\n`);
}
