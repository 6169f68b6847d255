import type { FileHandle } from 'node:fs/promises';

/** 512 KiB to 1 MiB is where reading logs is fastest. */
const CHUNK_BYTES = 1024 * 1024;

/**
 * A file's bytes from its beginning, in two buffers that take turns: one is filled while the other is looked through, and no
 * memory is made and thrown away. A chunk is the taker's only until it asks for the next. Closes the file.
 */
export async function* readAhead(handle: FileHandle, signal: AbortSignal): AsyncGenerator<Buffer> {
  const buffers = [Buffer.allocUnsafeSlow(CHUNK_BYTES), Buffer.allocUnsafeSlow(CHUNK_BYTES)] as const;
  let position = 0;
  const read = (turn: number) => handle.read(buffers[turn & 1] as Buffer, 0, CHUNK_BYTES, position);
  let next: ReturnType<typeof read> | undefined;
  try {
    next = read(0);
    for (let turn = 1; !signal.aborted; turn++) {
      const { bytesRead, buffer } = await next;
      if (bytesRead === 0) return;
      position += bytesRead;
      next = read(turn);
      // Who stops early does not ask what became of it.
      next.catch(() => undefined);
      yield buffer.subarray(0, bytesRead);
    }
    signal.throwIfAborted();
  } finally {
    await next?.catch(() => undefined);
    await handle.close();
  }
}
