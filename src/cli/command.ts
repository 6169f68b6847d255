import type { Argv } from 'yargs';

/** 0 fine, 1 differs, 2 usage or config, 3 failed. `observe` and `enforce` pass the command's own status on instead. */
export const EXIT = { ok: 0, differs: 1, usage: 2, failed: 3 } as const;

export interface Terminal {
  write(text: string): void;
  /** Colours, progress bars and width only where this is true. */
  readonly isTTY: boolean;
  readonly columns: number | undefined;
}

/** The world as a command sees it, so that commands run in process in tests. */
export interface Context {
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  readonly stdin: NodeJS.ReadableStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly nowMs: () => number;
  /** Aborted by SIGINT/SIGTERM (except in commands that pass signals on themselves). */
  readonly signal: AbortSignal;
}

/** What a command's run() gives: an exit code, or the signal that `profiler` is to die by. */
export type Outcome = number | { readonly signal: NodeJS.Signals };

export interface Command<Args = Record<string, unknown>> {
  /**
   * Begins with the command's name: `suggest`, with positionals as yargs writes them: `import <file..>` (parse.ts reads
   * them from here: args.file is string[]). A command that runs CMD (registry.ts: runsCommand) writes `observe [options] [--] CMD…` and finds CMD and its words in `args.cmd`
   * (`[]` where none came).
   */
  readonly usage: string;
  readonly describe: string;
  readonly examples: readonly (readonly [command: string, what: string])[];
  /**
   * Declares the options (parse.ts adds --help). `--no-children` is declared under that name and read as `noChildren`;
   * dashed names come in camel case only, an option given twice counts as the last one, unknown ones are refused.
   */
  readonly options: (yargs: Argv) => Argv;
  readonly run: (args: Args, context: Context) => Promise<Outcome>;
}
