/** The place in a file that the first record of a run's call came from: its address means nothing after the process. */
export interface RunOrigin {
  readonly runId: number;
  readonly exe: string;
  readonly archToken: number;
  readonly nr: number;
  /** The tally's sampleIp that it is the place of. */
  readonly sampleIp: string;
  /** The file's path as the kernel mapped it, printable text; `[vdso]`, or `(anonymous)` for code that has no file. */
  readonly module: string;
  /** Build id, hex; '' where the file has none. */
  readonly buildId: string;
  /** Offset within the file, behind the call's instruction. */
  readonly fileOffset: number;
}

/** What the program's standard output is; a list depends on it (stdio asks). */
export type OutputKind = 'pipe' | 'file' | 'terminal' | 'device' | 'socket' | 'closed';
