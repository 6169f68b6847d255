import { once } from 'node:events';
import type { Readable } from 'node:stream';

export interface FirstLine {
  /** Without its newline. */
  readonly line: string;
  /** What came with it. */
  readonly rest: Buffer;
}

/** Undefined where the stream ends before its first line does. */
export async function firstLine(stream: Readable): Promise<FirstLine | undefined> {
  let bytes = Buffer.alloc(0);
  for (;;) {
    const chunk = stream.read() as Buffer | null;
    if (chunk) bytes = Buffer.concat([bytes, chunk]);
    const end = bytes.indexOf(0x0a);
    if (end >= 0) return { line: bytes.toString('latin1', 0, end), rest: bytes.subarray(end + 1) };
    if (!chunk && (stream.readableEnded || stream.destroyed)) return undefined;
    if (!chunk) await Promise.race([once(stream, 'readable'), once(stream, 'close'), once(stream, 'end')]);
  }
}
