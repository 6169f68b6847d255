import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { errnoOf, messageOf, RefusedError } from '../errors.ts';
import { printable } from '../record/name.ts';
import { firstLine } from './first-line.ts';
import type { Via } from './listener.ts';

/** The lines that a reader has had of one life of the listener. */
export interface Place {
  readonly instance: string;
  /** They are numbered from 1. */
  readonly line: number;
}

/** A listener that holds each line until it is acknowledged (`audit-listen --serve`). */
export interface ListenService {
  readonly instance: string;
  /** The number of the first line that comes. */
  readonly from: number;
  /** Lines in chunks of any cut, until the listener ends. To be consumed once. */
  readonly chunks: AsyncIterable<Buffer>;
  /** All lines up to this one are stored: it may let them go. */
  acknowledge(line: number): void;
  close(): void;
}

const READY = /^#ready (?:netlink|kmsg) instance=([0-9a-f]{16}) from=(\d{1,15})$/;
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket: systemctl start profiler-listen.socket',
  EACCES: 'this user may not connect: it is for root and the group of the socket',
  ECONNREFUSED: 'nobody listens there: systemctl start profiler-listen.socket',
};

/**
 * Connects to the listener and goes on after `after`; where that was another life of it, with the oldest line it holds.
 * Throws a RefusedError where that cannot be, and once the signal is aborted.
 */
export async function joinListenService(
  path: string,
  via: Via,
  after: Place | undefined,
  signal: AbortSignal,
): Promise<ListenService> {
  const socket = createConnection({ path, signal });
  // Whoever waits for it is told; at other times its end is.
  socket.on('error', () => undefined);
  try {
    await once(socket, 'connect');
    socket.write(after ? `${via} after=${after.instance}:${after.line}\n` : `${via}\n`);
    const first = await firstLine(socket);
    const [, instance, from] = READY.exec(first?.line ?? '') ?? [];
    if (!first || instance === undefined) throw new RefusedError(`${path}: ${refusal(first?.line)}`);
    return serviceOf(socket, first.rest, { instance, from: Number(from) });
  } catch (error) {
    socket.destroy();
    if (error instanceof RefusedError) throw error;
    throw new RefusedError(`${path}: ${REASONS[errnoOf(error) ?? ''] ?? messageOf(error)}`, { cause: error });
  }
}

function refusal(line: string | undefined): string {
  if (line === undefined) return 'the listener closed the connection';
  const why = /^#refused \S+ (.*)$/.exec(line)?.[1];
  return why ?? `want a listener's #ready, got "${printable(Buffer.from(line.slice(0, 80), 'latin1'))}"`;
}

function serviceOf(socket: Socket, rest: Buffer, at: Pick<ListenService, 'instance' | 'from'>): ListenService {
  return {
    ...at,
    chunks: follow(socket, rest),
    acknowledge: (line) => {
      if (socket.writable) socket.write(`ack ${line}\n`);
    },
    close: () => void socket.destroy(),
  };
}

/** However the connection ends, what was not acknowledged comes again. */
async function* follow(socket: Socket, rest: Buffer): AsyncGenerator<Buffer> {
  if (rest.length > 0) yield rest;
  try {
    for await (const chunk of socket) yield chunk as Buffer;
  } catch {
    return;
  }
}
