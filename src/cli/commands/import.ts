import { hostname } from 'node:os';
import { type ImportReport, importLog } from '../../app/import.ts';
import { messageOf, RefusedError, UsageError } from '../../errors.ts';
import { CARRIERS, type Carrier } from '../../record/carrier.ts';
import { TRUSTS, type Trust } from '../../record/trust.ts';
import { openStore } from '../../store/open.ts';
import type { Store } from '../../store/store.ts';
import { type Command, type Context, EXIT } from '../command.ts';
import { importText } from '../import-text.ts';
import { databaseOf, withDatabase } from '../options.ts';
import { progress } from '../progress.ts';
import { visible } from '../visible.ts';

interface Args {
  readonly file: readonly string[];
  readonly carrier?: Carrier;
  readonly trust?: Trust;
  readonly host?: string;
  readonly json?: boolean;
  readonly db?: string;
}

/** One source that could not be imported at all. */
interface Failed {
  readonly source: string;
  readonly error: string;
}

export const command: Command<Args> = {
  usage: 'import <file..>',
  describe: 'Learn from logs that are already there, gzip too; - is standard input. The same log twice counts once.',
  examples: [
    ['profiler import /var/log/audit/audit.log*', "auditd's files"],
    ['dmesg | profiler import --trust kernel -', 'the kernel log, where nobody else may write it'],
    ['journalctl -o json _TRANSPORT=audit | profiler import --trust kernel -', 'the journal'],
    ['profiler import --host web1 web1-audit.log', 'a log from another machine that names no host'],
  ],
  options: (yargs) =>
    withDatabase(yargs)
      .option('carrier', { choices: CARRIERS, requiresArg: true, describe: 'kind of log; default: by its content' })
      .option('trust', {
        choices: TRUSTS,
        requiresArg: true,
        describe: 'your word for who can have written it; default: audit.log file, all else forgeable',
      })
      .option('host', {
        type: 'string',
        requiresArg: true,
        describe: 'host of records that name none (default: this one)',
      })
      .option('json', { type: 'boolean', describe: 'print what was imported as JSON' }),
  run: async (args, context) => {
    const store = openStore(databaseOf(args.db, context.env));
    try {
      return await importAll(args, context, store);
    } finally {
      store.close();
    }
  },
};

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
