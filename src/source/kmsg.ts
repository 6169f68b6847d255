import { readFileSync } from 'node:fs';
import { RefusedError } from '../errors.ts';
import type { Loss } from '../observe/tally.ts';
import { startListener } from './listener.ts';
import { UNHEARD, untilStopped } from './netlink.ts';
import type { Source, SourceBatch } from './source.ts';

/** The last message that was read, in its boot. */
interface Place {
  readonly boot: string;
  readonly sequence: number;
}

/** `PREFIX,SEQUENCE,…` at a line's start (Documentation/ABI/testing/dev-kmsg). */
const LINE = /^\d+,(\d+),/;

/**
 * /dev/kmsg from the oldest message that it still holds, by audit-listen (`program`). Its cursor is the last sequence
 * number and the boot; what the kernel has overwritten since is a loss, and so is the rest of another boot. Throws a RefusedError where it may not be read.
 */
export function kmsgSource(program: string): Source {
  return { name: 'kmsg', batches: (from, signal, begun) => listen(program, from, signal, begun) };
}

async function* listen(
  program: string,
  from: string | undefined,
  signal: AbortSignal,
  begun?: () => void,
): AsyncGenerator<SourceBatch> {
  const listener = await startListener(program, 'kmsg', ['--from-start']);
  if (listener.kind === 'cannot') throw new RefusedError(listener.why);
  begun?.();
  yield* untilStopped(listener, signal, (lines) => resumeKmsg(lines, from));
}

/** What whole lines of /dev/kmsg bring that stand after a cursor of this boot. */
export function resumeKmsg(lines: AsyncIterable<Buffer>, cursor: string | undefined): AsyncIterable<SourceBatch> {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  const from = placeOf(cursor);
  const after = from?.boot === boot ? from.sequence : undefined;
  return skipping(lines, boot, after, from && after === undefined ? [UNHEARD] : []);
}

/** Leaves out what was read before. */
async function* skipping(
  lines: AsyncIterable<Buffer>,
  boot: string,
  after: number | undefined,
  before: readonly Loss[],
): AsyncGenerator<SourceBatch> {
  let last = after;
  let caughtUp = after === undefined;
  let restart = true;
  for await (const chunk of lines) {
    const cut = caughtUp ? { rest: chunk, first: undefined } : cutAfter(chunk, after ?? -1);
    if (!cut) continue;
    const overwrote = cut.first === undefined || after === undefined ? [] : overwritten(after, cut.first);
    const losses = restart ? [...before, ...overwrote] : overwrote;
    caughtUp = true;
    last = lastSequence(cut.rest) ?? last;
    yield { chunk: cut.rest, cursor: JSON.stringify({ boot, sequence: last }), losses, restart };
    restart = false;
  }
}

/** What begins with the first message after `after`; undefined where there is none yet. */
export function cutAfter(chunk: Buffer, after: number): { readonly rest: Buffer; readonly first: number } | undefined {
  for (let at = 0; at < chunk.length; ) {
    const sequence = sequenceAt(chunk, at);
    if (sequence !== undefined && sequence > after) return { rest: chunk.subarray(at), first: sequence };
    const end = chunk.indexOf(0x0a, at);
    if (end < 0) return undefined;
    at = end + 1;
  }
  return undefined;
}

function overwritten(after: number, first: number): Loss[] {
  const count = first - after - 1;
  if (count <= 0) return [];
  const text = `/dev/kmsg: ${count} messages were overwritten while nobody read it`;
  return [{ reason: 'kmsg-gap', fromMs: undefined, toMs: undefined, certainty: 'at-most', count, text }];
}

function lastSequence(chunk: Buffer): number | undefined {
  for (let end = chunk.length - 1; end > 0; ) {
    const start = chunk.lastIndexOf(0x0a, end - 1) + 1;
    const sequence = sequenceAt(chunk, start);
    if (sequence !== undefined) return sequence;
    end = start - 1;
  }
  return undefined;
}

function sequenceAt(chunk: Buffer, at: number): number | undefined {
  const digits = LINE.exec(chunk.toString('latin1', at, at + 40))?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function placeOf(cursor: string | undefined): Place | undefined {
  try {
    const { boot, sequence } = JSON.parse(cursor ?? '') as Partial<Place>;
    return typeof boot === 'string' && typeof sequence === 'number' ? { boot, sequence } : undefined;
  } catch {
    return undefined;
  }
}
