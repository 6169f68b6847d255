import { RefusedError } from '../errors.ts';
import type { Loss } from '../observe/tally.ts';
import { type Listener, startListener } from './listener.ts';
import type { Source, SourceBatch } from './source.ts';
import { wholeLines } from './whole-lines.ts';

/** The kernel gives no record of its multicast group twice. */
const NO_PLACE = '{}';

/**
 * The kernel's audit records as they are made, by audit-listen (`program`). What was made while nobody listened is a loss,
 * which missing serials bound. Throws a RefusedError where it may not listen, or the listener ended by itself.
 */
export function netlinkSource(program: string): Source {
  return { name: 'netlink', batches: (from, signal, begun) => listen(program, from !== undefined, signal, begun) };
}

async function* listen(
  program: string,
  again: boolean,
  signal: AbortSignal,
  begun?: () => void,
): AsyncGenerator<SourceBatch> {
  const listener = await startListener(program, 'netlink');
  if (listener.kind === 'cannot') throw new RefusedError(listener.why);
  begun?.();
  yield* untilStopped(listener, signal, async function* (lines) {
    let losses = again ? [UNHEARD] : [];
    for await (const chunk of lines) {
      yield { chunk, cursor: NO_PLACE, losses, restart: losses.length > 0 };
      losses = [];
    }
  });
}

/** Of unknown size until serials bound it. */
export const UNHEARD: Loss = {
  reason: 'carrier-restart',
  fromMs: undefined,
  toMs: undefined,
  certainty: 'unknown',
  count: undefined,
  text: 'nobody listened to the kernel meanwhile',
};

/** What `read` makes of the listener's whole lines; the listener ends with the signal, or when nobody reads any more. */
export async function* untilStopped(
  listener: Listener,
  signal: AbortSignal,
  read: (lines: AsyncIterable<Buffer>) => AsyncIterable<SourceBatch>,
): AsyncGenerator<SourceBatch> {
  const stop = () => listener.stop();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    yield* read(wholeLines(listener.chunks));
    const why = await listener.ended;
    if (!signal.aborted) throw new RefusedError(why);
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}
