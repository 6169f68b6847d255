import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wholeLines } from '../../src/source/whole-lines.ts';

async function cut(chunks: readonly Buffer[]): Promise<Buffer[]> {
  const parts: Buffer[] = [];
  async function* each() {
    yield* chunks;
  }
  for await (const part of wholeLines(each())) parts.push(part);
  return parts;
}

test('any bytes in any chunks come out as they were, each part but the last ending with a line', async () => {
  const bytes = fc.array(fc.constantFrom(10, 65, 66), { maxLength: 60 }).map((codes) => Buffer.from(codes));
  await fc.assert(
    fc.asyncProperty(fc.array(bytes, { maxLength: 8 }), async (chunks) => {
      const parts = await cut(chunks);
      expect(Buffer.concat(parts)).toEqual(Buffer.concat(chunks));
      for (const part of parts.slice(0, -1)) expect(part.at(-1)).toBe(10);
    }),
  );
});

test('a line without an end is passed on in pieces', async () => {
  const parts = await cut(Array.from({ length: 100 }, () => Buffer.alloc(10_000, 'x')));
  expect(parts.length).toBeGreaterThan(10);
  expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(80_000);
});
