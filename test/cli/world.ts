import { Readable } from 'node:stream';
import type { Context } from '../../src/cli/command.ts';

/** A world for commands that run in process: what they write is kept. */
export function world(given: Partial<Context> = {}): {
  readonly context: Context;
  readonly out: () => string;
  readonly err: () => string;
} {
  let stdout = '';
  let stderr = '';
  const context: Context = {
    stdout: { write: (text) => void (stdout += text), isTTY: false, columns: undefined },
    stderr: { write: (text) => void (stderr += text), isTTY: false, columns: undefined },
    stdin: Readable.from([]),
    env: {},
    changedVariables: () => [],
    nowMs: () => 0,
    signal: new AbortController().signal,
    ...given,
  };
  return { context, out: () => stdout, err: () => stderr };
}
