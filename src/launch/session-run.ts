import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import { nativePart } from './native.ts';
import type { Launch } from './plan.ts';
import { type Env, launchEnv } from './run.ts';
import { readSessionLine, type SessionLine } from './session-lines.ts';

export interface SessionOptions {
  readonly launch: Launch;
  readonly env: Env;
  /** 24 bits that the markers carry. */
  readonly nonce: number;
  readonly wait: 'all' | 'main';
  /** Name or number; undefined: the caller. */
  readonly user: string | undefined;
}

/** CMD in a session of its own, not yet started: it waits for `go`. */
export interface Session {
  readonly pid: number | undefined;
  readonly say: (command: 'again' | 'go' | 'quit' | `signal ${number}`) => void;
  /** Resolves when session-run itself has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

const CONTROL_FD = 3;

/** Starts session-run with our own standard streams; `hear` gets every line it says. */
export function startSession(options: SessionOptions, hear: (line: SessionLine) => void): Session {
  const child = spawn(nativePart('session-run'), argsOf(options), {
    env: environmentOf(options),
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
  });
  const control = child.stdio[CONTROL_FD] as Duplex;
  // It may end before it has heard all; how it ended is what counts.
  control.on('error', () => undefined);
  const heard = listen(control, hear).then(() => undefined, notOfTheEnd);
  const ended = new Promise<Awaited<Session['ended']>>((resolve, reject) => {
    child.once('error', reject);
    child.once(
      'exit',
      (code, signal) => void heard.then((error) => (error ? reject(error) : resolve({ code, signal }))),
    );
  });
  return { pid: child.pid, say: (command) => void control.write(`${command}\n`), ended };
}

async function listen(control: Duplex, hear: (line: SessionLine) => void): Promise<void> {
  for await (const line of createInterface({ input: control })) hear(readSessionLine(line));
}

/** What was said to one who had ended already fails the stream that it is heard by, too. */
function notOfTheEnd(error: NodeJS.ErrnoException): Error | undefined {
  return error.code === 'EPIPE' || error.code === 'ECONNRESET' ? undefined : error;
}

function argsOf({ launch, nonce, wait, user }: SessionOptions): string[] {
  const set = Object.entries(launch.set).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
  const unset = launch.unset.flatMap((name) => ['--unset', name]);
  const who = user === undefined ? [] : ['--user', user];
  const fds = ['--control-fd', String(CONTROL_FD), '--command-fd', String(CONTROL_FD)];
  return [
    '--marker',
    String(nonce),
    ...fds,
    '--path',
    launch.path,
    '--wait',
    wait,
    ...who,
    ...set,
    ...unset,
    '--',
    ...launch.argv,
  ];
}

/** session-run itself runs without what is meant for CMD: it gives that to CMD alone. */
function environmentOf({ launch, env }: SessionOptions): Record<string, string> {
  return launchEnv({ ...launch, set: {}, unset: [] }, env);
}
