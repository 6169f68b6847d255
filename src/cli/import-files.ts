import { type ImportReport, type ImportRequest, importLog } from '../app/import/import.ts';
import { messageOf, RefusedError, UsageError } from '../errors.ts';
import type { Store } from '../store/store.ts';
import { type Context, EXIT } from './command.ts';
import { importText } from './import-text.ts';
import { progress } from './progress.ts';
import { visible } from './visible.ts';

/** One source that could not be imported at all. */
export interface Failed {
  readonly source: string;
  readonly error: string;
}

export interface ImportedFiles {
  readonly reports: readonly (ImportReport | Failed)[];
  readonly exit: number;
}

/** Imports one file after the other and tells of each; one that fails does not keep the next from being read. */
export async function importFiles(
  files: readonly string[],
  ask: Omit<ImportRequest, 'source'>,
  context: Context,
  store: Store,
): Promise<ImportedFiles> {
  const reports: (ImportReport | Failed)[] = [];
  let exit: number = EXIT.ok;
  for (const source of files) {
    if (context.signal.aborted) break;
    try {
      const report = await importOne({ ...ask, source }, context, store);
      reports.push(report);
      for (const line of importText(report)) context.stderr.write(`${visible(line)}\n`);
      if (report.error !== undefined || report.interrupted) exit = EXIT.failed;
    } catch (error) {
      if (!(error instanceof UsageError) && !(error instanceof RefusedError)) throw error;
      reports.push({ source, error: messageOf(error) });
      context.stderr.write(`profiler: ${visible(messageOf(error))}\n`);
      exit = Math.max(exit, error instanceof UsageError ? EXIT.usage : EXIT.failed);
    }
  }
  return { reports, exit };
}

async function importOne(request: ImportRequest, context: Context, store: Store): Promise<ImportReport> {
  const bar = progress(visible(request.source), context.stderr, context.nowMs);
  const { stdin, nowMs, signal } = context;
  try {
    return await importLog(request, { store, stdin, nowMs, signal, uid: process.getuid?.() ?? 0, progress: bar.show });
  } finally {
    bar.clear();
  }
}
