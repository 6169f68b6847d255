import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { messageOf, RefusedError } from '../errors.ts';
import type { Source, SourceBatch } from './source.ts';
import { wholeLines } from './whole-lines.ts';

/** What only the kernel and journald itself can have sent: a process' words have another transport (systemd.journal-fields(7)). */
const TRANSPORTS = ['audit', 'kernel', 'driver'].map((transport) => `_TRANSPORT=${transport}`);
const CURSOR = /"__CURSOR" ?: ?"([^"]+)"/;
const SAID_MAX = 4096;

export interface JournalOptions {
  /** Another journal than this machine's. */
  readonly directory: string | undefined;
}

/**
 * journald's entries by `journalctl -o json --follow`, from the oldest, or after its cursor. Throws a RefusedError where
 * journalctl is not there or ends by itself.
 */
export function journalSource({ directory }: JournalOptions): Source {
  const name = directory === undefined ? 'journal' : `journal ${directory}`;
  return { name, batches: (from, signal, begun) => follow(directory, placeOf(from), signal, begun) };
}

async function* follow(
  directory: string | undefined,
  after: string | undefined,
  signal: AbortSignal,
  begun: (() => void) | undefined,
): AsyncGenerator<SourceBatch> {
  const from = after === undefined ? [] : [`--after-cursor=${after}`];
  const where = directory === undefined ? [] : [`--directory=${directory}`];
  // Without --merge, --follow leaves out what was logged before the last boot (journalctl.c: arg_boot = !arg_merge).
  const words = [
    '--merge',
    '--output=json',
    '--all',
    '--follow',
    '--no-tail',
    '--quiet',
    ...where,
    ...from,
    ...TRANSPORTS,
  ];
  const child = spawn('journalctl', words, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-SAID_MAX)));
  const ended = once(child, 'close').catch((error: unknown) => {
    said = `journalctl cannot be started: ${messageOf(error)}`;
  });
  if (begun) child.once('spawn', begun);
  const stop = () => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    yield* entries(wholeLines(child.stdout), after);
    await ended;
    if (!signal.aborted)
      throw new RefusedError(said.trim() || `journalctl ended with ${child.exitCode ?? child.signalCode}`);
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

async function* entries(lines: AsyncIterable<Buffer>, after: string | undefined): AsyncGenerator<SourceBatch> {
  let place = after;
  for await (const chunk of lines) {
    const last = chunk.subarray(chunk.lastIndexOf(0x0a, -2) + 1);
    place = CURSOR.exec(last.toString('latin1'))?.[1] ?? place;
    yield { chunk, cursor: JSON.stringify({ after: place }) };
  }
}

/** A cursor goes to journalctl as a word of its own; what is none begins no option. */
function placeOf(cursor: string | undefined): string | undefined {
  try {
    const { after } = JSON.parse(cursor ?? '') as { readonly after?: unknown };
    return typeof after === 'string' ? after : undefined;
  } catch {
    return undefined;
  }
}
