#!/usr/bin/env node
import { isatty } from 'node:tty';
import { EXIT, type Outcome, type Terminal } from './command.ts';
import { describeFailure } from './failure.ts';
import { main } from './main.ts';
import { changedVariables, refuseChangedWords } from './raw-words.ts';
import { findRow } from './registry.ts';

/** The one place that reads the process, writes its streams and ends it. */
const GRACE_MS = 2000;
const words = process.argv.slice(2);
const row = findRow(words[0] ?? '');
const interrupted = new AbortController();
let interruptedBy: NodeJS.Signals | undefined;

process.stdout.on('error', closedPipe);
process.stderr.on('error', () => undefined);
if (!row?.runsCommand) for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);

try {
  refuseChangedWords(words);
  const outcome = await main(words, {
    stdout: terminal(process.stdout),
    stderr: terminal(process.stderr),
    stdin: process.stdin,
    env: process.env,
    changedVariables: () => changedVariables(process.env),
    nowMs: Date.now,
    signal: interrupted.signal,
  });
  // What was written fails in a later turn, where its reader has gone (closedPipe).
  await new Promise((resolve) => setImmediate(resolve));
  end(interruptedBy ? { signal: interruptedBy } : outcome);
} catch (error) {
  if (interruptedBy) end({ signal: interruptedBy });
  const failure = describeFailure(error, { ownCode: row?.runsCommand ? 125 : undefined, debug: process.env });
  process.stderr.write(failure.text);
  end(failure.exitCode);
}

/** Asks the command to stop; a second signal (once() has put the default back) or GRACE_MS later the process ends anyhow. */
function interrupt(signal: NodeJS.Signals): void {
  interruptedBy = signal;
  setTimeout(() => end({ signal }), GRACE_MS).unref();
  interrupted.abort(new Error(`interrupted by ${signal}`));
}

/** Whoever read our output has gone (`profiler runs | head`): end as any program does, by SIGPIPE and without a word. */
function closedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') end({ signal: 'SIGPIPE' });
  process.stderr.write(`profiler: standard output: ${error.message}\n`);
  end(EXIT.failed);
}

/** Writes to pipes, files and terminals are synchronous on Linux, so nothing is cut off here. */
function end(outcome: Outcome): never {
  if (typeof outcome === 'number') process.exit(outcome);
  const { signal } = outcome;
  process.removeAllListeners(signal);
  if (signal !== 'SIGKILL' && signal !== 'SIGSTOP') {
    // libuv puts the default disposition back when a handler goes; Node itself ignores SIGPIPE and takes SIGUSR1.
    process.on(signal, () => undefined);
    process.removeAllListeners(signal);
  }
  process.kill(process.pid, signal);
  process.exit(EXIT.failed);
}

function terminal(stream: NodeJS.WriteStream & { fd: number }): Terminal {
  return {
    write: (text) => void stream.write(text),
    isTTY: isatty(stream.fd),
    columns: stream.columns,
  };
}
