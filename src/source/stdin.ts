import { Readable } from 'node:stream';
import type { Source, SourceBatch } from './source.ts';
import { wholeLines } from './whole-lines.ts';

/** Standard input until its end: it cannot be read twice. */
export function stdinSource(stdin: NodeJS.ReadableStream): Source {
  return { name: 'stdin', batches: (_from, signal, begun) => read(stdin, signal, begun) };
}

async function* read(
  stdin: NodeJS.ReadableStream,
  signal: AbortSignal,
  begun?: () => void,
): AsyncGenerator<SourceBatch> {
  const stream = stdin instanceof Readable ? stdin : Readable.from(stdin);
  const stop = () => void stream.destroy();
  signal.addEventListener('abort', stop);
  begun?.();
  try {
    for await (const chunk of wholeLines(stream)) yield { chunk, cursor: '{}' };
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
