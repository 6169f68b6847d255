import { RefusedError } from '../errors.ts';
import { resumeKmsg } from './kmsg.ts';
import { joinListenService, type ListenService, type Place } from './listen-service.ts';
import type { Via } from './listener.ts';
import { socketTrust } from './socket-trust.ts';
import type { Source, SourceBatch } from './source.ts';
import { wholeLines } from './whole-lines.ts';

const NEWLINE = 0x0a;

export interface HeldOptions {
  readonly via: Via;
  /** Where `audit-listen --serve` is to be reached. */
  readonly socket: string;
  /** Who reads: what this user or root put there is as good as its directory. */
  readonly uid: number;
  /** Takes one line about why its records are forgeable. */
  readonly warn: (text: string) => void;
}

/**
 * The audit multicast group or /dev/kmsg by a listener that holds every line until it is stored: who stops, crashes or is
 * upgraded goes on where it was. Its cursor is the listener's life and the line, of /dev/kmsg the message too, for another
 * life. What a listener that ended had not handed over shows as missing numbers. Throws a RefusedError where it cannot read.
 */
export function heldSource({ via, socket, uid, warn }: HeldOptions): Source {
  let service: ListenService | undefined;
  async function* batches(from: string | undefined, signal: AbortSignal, begun?: () => void) {
    const worth = socketTrust(socket, uid);
    const { place, inner } = cursorOf(from);
    const joined = await joinListenService(socket, via, place, signal);
    service = joined;
    if (worth.doubt !== undefined) warn(`${socket}: its records are forgeable: ${worth.doubt}`);
    begun?.();
    try {
      for await (const batch of numbered(via, joined, inner)) yield { ...batch, worth };
      throw new RefusedError(`${socket}: the listener ended`);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      service = undefined;
      joined.close();
    }
  }
  const stored = (cursor: string) => {
    const { place } = cursorOf(cursor);
    if (place && place.instance === service?.instance) service.acknowledge(place.line);
  };
  return { name: via, batches, stored };
}

async function* numbered(
  via: Via,
  { instance, from, chunks }: ListenService,
  inner: string | undefined,
): AsyncGenerator<SourceBatch> {
  let line = from - 1;
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of wholeLines(chunks)) {
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) line++;
      yield chunk;
    }
  }
  let restart = true;
  for await (const batch of via === 'kmsg' ? resumeKmsg(counted(), inner) : plain(counted())) {
    yield { ...batch, restart, cursor: JSON.stringify({ instance, line, inner: batch.cursor }) };
    restart = false;
  }
}

async function* plain(lines: AsyncIterable<Buffer>): AsyncGenerator<SourceBatch> {
  for await (const chunk of lines) yield { chunk, cursor: '{}' };
}

interface HeldCursor {
  readonly place: Place | undefined;
  /** The source's own; a cursor of the source without a listener between is one too. */
  readonly inner: string | undefined;
}

function cursorOf(cursor: string | undefined): HeldCursor {
  try {
    const { instance, line, inner } = JSON.parse(cursor ?? '') as Record<string, unknown>;
    const own = typeof instance === 'string' && /^[0-9a-f]{16}$/.test(instance) && Number.isSafeInteger(line);
    const place = own ? { instance, line: line as number } : undefined;
    return { place, inner: typeof inner === 'string' ? inner : cursor };
  } catch {
    return { place: undefined, inner: undefined };
  }
}
