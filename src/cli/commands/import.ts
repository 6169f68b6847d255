import { hostname } from 'node:os';
import { type ImportReport, importLog } from '../../app/import/import.ts';
import { messageOf, RefusedError, UsageError } from '../../errors.ts';
import { openStore } from '../../store/open.ts';
import type { Store } from '../../store/store.ts';
import { type Context, EXIT, type Outcome } from '../command.ts';
import { importText } from '../import-text.ts';
import { databaseOf } from '../options.ts';
import { progress } from '../progress.ts';
import type { usage } from '../usage/import.ts';
import type { ArgsOf } from '../usage.ts';
import { visible } from '../visible.ts';

type Args = ArgsOf<typeof usage> & { readonly file: readonly string[] };

/** One source that could not be imported at all. */
interface Failed {
  readonly source: string;
  readonly error: string;
}

export async function run(args: Args, context: Context): Promise<Outcome> {
  const store = openStore(databaseOf(args.db, context.env));
  try {
    return await importAll(args, context, store);
  } finally {
    store.close();
  }
}

async function importAll(args: Args, context: Context, store: Store): Promise<number> {
  const reports: (ImportReport | Failed)[] = [];
  let exit: number = EXIT.ok;
  for (const file of args.file) {
    if (context.signal.aborted) break;
    try {
      const report = await importOne(file, args, context, store);
      reports.push(report);
      for (const line of importText(report)) context.stderr.write(`${visible(line)}\n`);
      if (report.error !== undefined || report.interrupted) exit = EXIT.failed;
    } catch (error) {
      if (!(error instanceof UsageError) && !(error instanceof RefusedError)) throw error;
      reports.push({ source: file, error: messageOf(error) });
      context.stderr.write(`profiler: ${visible(messageOf(error))}\n`);
      exit = Math.max(exit, error instanceof UsageError ? EXIT.usage : EXIT.failed);
    }
  }
  if (args.json) context.stdout.write(`${JSON.stringify({ schema: 1, sources: reports }, undefined, 2)}\n`);
  return exit;
}

async function importOne(source: string, args: Args, context: Context, store: Store): Promise<ImportReport> {
  const bar = progress(visible(source), context.stderr, context.nowMs);
  const request = { source, carrier: args.carrier, trust: args.trust, localHost: args.host ?? hostname() };
  const { stdin, nowMs, signal } = context;
  try {
    return await importLog(request, { store, stdin, nowMs, signal, uid: process.getuid?.() ?? 0, progress: bar.show });
  } finally {
    bar.clear();
  }
}
