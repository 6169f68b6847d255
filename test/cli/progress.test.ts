import { expect, test } from 'vitest';
import { progress } from '../../src/cli/progress.ts';

/** What the terminal was sent, at the given times. */
function drawn(
  isTTY: boolean,
  steps: readonly (readonly [nowMs: number, taken: number, size: number | undefined])[],
): string[] {
  const written: string[] = [];
  const write = (text: string) => void written.push(text);
  let now = 0;
  const bar = progress('audit.log', { write, isTTY, columns: 50 }, () => now);
  for (const [nowMs, taken, size] of steps) {
    now = nowMs;
    bar.show(taken, size);
  }
  bar.clear();
  return written;
}

const MIB = 1_048_576;

test('a bar ten times a second, which goes when it is done', () => {
  expect(
    drawn(true, [
      [0, 0, 8 * MIB],
      [50, MIB, 8 * MIB],
      [100, 4 * MIB, 8 * MIB],
    ]),
  ).toEqual([
    '\r[........................]   0 % 0.0 MiB  audit.l\x1b[K',
    '\r[############............]  50 % 4.0 MiB  audit.l\x1b[K',
    '\r\x1b[K',
  ]);
});

test('of a pipe the bytes alone', () => {
  expect(drawn(true, [[0, 3 * MIB, undefined]])).toEqual(['\raudit.log: 3.0 MiB\x1b[K', '\r\x1b[K']);
});

test('nothing where there is no terminal, or nothing was shown', () => {
  expect(drawn(false, [[0, 1, 2]])).toEqual([]);
  expect(drawn(true, [])).toEqual([]);
});
