import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { firstLine } from './first-line.ts';

/** `netlink`: the audit multicast group; `kmsg`: the kernel's log, where it loses what its rate limit suppresses. */
export type Via = 'netlink' | 'kmsg';

export interface Listener {
  readonly kind: 'listening';
  readonly via: Via;
  /** Lines of audit-listen in chunks of any cut, until it ends. To be consumed once. */
  readonly chunks: AsyncIterable<Buffer>;
  /** Asks it to pass on what is pending and to end; `chunks` then ends. */
  stop(): void;
  /** Resolves once it has gone, with what it said on standard error and how it ended. */
  readonly ended: Promise<string>;
}

export interface CannotListen {
  readonly kind: 'cannot';
  readonly via: Via;
  /** One line: the cause and what to do about it. */
  readonly why: string;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

/**
 * Starts audit-listen (`program` is its path) and waits until it has joined. From then on it misses nothing that it does
 * not say. It ends by itself when this process dies, because its standard output closes.
 */
export async function startListener(
  program: string,
  via: Via,
  options: readonly string[] = [],
): Promise<Listener | CannotListen> {
  // Detached: an interrupt typed at the terminal is for the observed program, not for the one that listens.
  const child: Child = spawn(program, [...(via === 'kmsg' ? ['--kmsg'] : []), ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {},
    detached: true,
  });
  const ended = goodbye(child);
  const first = await firstLine(child.stdout);
  if (!first?.line.startsWith('#ready ')) {
    child.kill('SIGTERM');
    return { kind: 'cannot', via, why: await ended };
  }
  const { rest } = first;
  return { kind: 'listening', via, chunks: follow(child, rest), stop: () => void child.kill('SIGTERM'), ended };
}

async function goodbye(child: Child): Promise<string> {
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text = (text + chunk).slice(-SAID_MAX)));
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    return text.trim() || `audit-listen ended with ${signal ?? code}`;
  } catch (error) {
    return `audit-listen cannot be started: ${error instanceof Error ? error.message : String(error)}`;
  }
}

const SAID_MAX = 4096;

async function* follow({ stdout }: Child, rest: Buffer): AsyncGenerator<Buffer> {
  if (rest.length > 0) yield rest;
  for await (const chunk of stdout) yield chunk as Buffer;
}
