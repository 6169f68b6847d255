/** 0 fine, 1 differs, 2 usage or config, 3 failed. `observe` and `enforce` pass the command's own status on instead. */
export const EXIT = { ok: 0, differs: 1, usage: 2, failed: 3 } as const;

export interface Terminal {
  write(text: string | Uint8Array): void;
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
  /** Variables of `env` that are not UTF-8: a program would get them changed. */
  readonly changedVariables: () => readonly string[];
  readonly nowMs: () => number;
  /** Aborted by SIGINT/SIGTERM (except in commands that pass signals on themselves). */
  readonly signal: AbortSignal;
}

/** What a command's run() gives: an exit code, or the signal that `profiler` is to die by. */
export type Outcome = number | { readonly signal: NodeJS.Signals };

/**
 * A command's code, loaded only when it is run. `args` are its options (usage.ts: ArgsOf) and positionals by name, where
 * `<file..>` is string[]; a command that runs CMD finds it and its words in `cmd` (`[]` where none came).
 */
export type Run<Args> = (args: Args, context: Context) => Promise<Outcome>;
