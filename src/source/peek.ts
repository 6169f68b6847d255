/** A stream whose first bytes are known. */
export interface Peeked {
  readonly head: Buffer;
  /** The whole stream, the head once more. */
  readonly all: AsyncIterable<Buffer>;
}

/** Reads at least so many bytes, as far as there are any. What fails while peeking fails again when read. */
export async function peek(source: AsyncIterable<Buffer>, bytes: number): Promise<Peeked> {
  const iterator = source[Symbol.asyncIterator]();
  const chunks: Buffer[] = [];
  let failure: { readonly error: unknown } | undefined;
  for (let length = 0; length < bytes; ) {
    const next = await iterator.next().catch((error: unknown) => {
      failure = { error };
      return undefined;
    });
    if (!next || next.done) break;
    // The next one may be read into the same memory.
    chunks.push(Buffer.from(next.value));
    length += next.value.length;
  }
  return { head: Buffer.concat(chunks), all: again(chunks, iterator, failure) };
}

async function* again(
  chunks: readonly Buffer[],
  rest: AsyncIterator<Buffer>,
  failure: { readonly error: unknown } | undefined,
): AsyncGenerator<Buffer> {
  yield* chunks;
  if (failure) throw failure.error;
  yield* { [Symbol.asyncIterator]: () => rest };
}
