import { Readable } from 'node:stream';
import type { Context, Outcome } from '../../src/cli/command.ts';
import { describeFailure } from '../../src/cli/failure.ts';
import { main } from '../../src/cli/main.ts';

export interface Told {
  readonly outcome: Outcome;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `profiler WORDS…` in this process, as bin.ts does; stdout and stderr are pipes unless `columns` is given. */
export async function profiler(
  words: readonly string[],
  {
    input = '',
    env = {},
    columns,
    signal = new AbortController().signal,
  }: {
    readonly input?: string | Buffer | Readable;
    readonly env?: Context['env'];
    readonly columns?: number;
    readonly signal?: AbortSignal;
  } = {},
): Promise<Told> {
  const out = { stdout: '', stderr: '' };
  const terminal = (name: 'stdout' | 'stderr') => ({
    write: (text: string | Uint8Array) => {
      out[name] += typeof text === 'string' ? text : Buffer.from(text).toString('latin1');
    },
    isTTY: columns !== undefined,
    columns,
  });
  const stdin = input instanceof Readable ? input : Readable.from([Buffer.from(input)]);
  const context = {
    stdout: terminal('stdout'),
    stderr: terminal('stderr'),
    stdin,
    env,
    changedVariables: () => [],
    nowMs: Date.now,
    signal,
  };
  try {
    return { outcome: await main(words, context), ...out };
  } catch (error) {
    const failure = describeFailure(error, { ownCode: undefined, debug: {} });
    return { outcome: failure.exitCode, stdout: out.stdout, stderr: out.stderr + failure.text };
  }
}
