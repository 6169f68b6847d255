import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LINE_BYTES } from '../../../src/record/lines.ts';
import { type Beginning, cut } from '../../../src/source/tail/cut.ts';

const FRESH: Beginning = { within: false, skip: false, more: false };

function taken(text: string, beginning: Partial<Beginning> = {}): string {
  return cut(Buffer.from(text), { ...FRESH, ...beginning }).chunk.toString();
}

test.for([
  ['one\ntwo\nthr', 'one\ntwo\n'],
  ['\n', '\n'],
  ['', ''],
  ['half', ''],
  ['\0\0\0one\n\0\0two\n', 'one\ntwo\n'],
  ['a\0b\n', 'a\0b\n'],
] as const)('of %j passes on %j', ([text, passed]) => expect(taken(text)).toBe(passed));

test('zeros are told only where a crash left them', () => {
  const hole = (text: string): number => cut(Buffer.from(text), FRESH).hole;
  expect(hole('a\0b\n')).toBe(0);
  expect(hole('\0\0\0\0one\n')).toBe(4);
  expect(hole(`half ${'\0'.repeat(100)}type=SECCOMP\n`)).toBeGreaterThan(0);
  // A line's text must not become a line of its own.
  expect(taken(`half ${'\0'.repeat(100)}type=SECCOMP\n`).split('\n')).toHaveLength(2);
});

test('zeros at the end wait: they may be room for lines to come', () => {
  const zeros = Buffer.alloc(2 * LINE_BYTES);
  expect(cut(zeros, FRESH)).toMatchObject({ length: 0 });
  expect(cut(zeros, { ...FRESH, more: true })).toMatchObject({
    length: zeros.length,
    within: false,
    hole: zeros.length,
  });
  expect(cut(zeros, { within: true, skip: false, more: true })).toMatchObject({ length: zeros.length, within: true });
});

test('a line over 64 KiB goes in pieces; amid it after a restart, its rest is no line', () => {
  const long = 'x'.repeat(LINE_BYTES + 1);
  expect(cut(Buffer.from(long), FRESH)).toMatchObject({ length: long.length, within: true });
  expect(taken('x\ntwo\n', { within: true })).toBe('x\ntwo\n');
  expect(taken('type=SECCOMP x\ntwo\n', { within: true, skip: true })).toBe('two\n');
  expect(cut(Buffer.from(long), { within: true, skip: true, more: false })).toMatchObject({
    length: long.length,
    within: true,
    chunk: Buffer.alloc(0),
  });
});

test('whatever way bytes are cut into looks, the same lines come once', () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '='), maxLength: 20 });
  fc.assert(
    fc.property(fc.array(line), line, fc.array(fc.nat(30), { maxLength: 20 }), (lines, half, sizes) => {
      const whole = lines.map((each) => `${each}\n`).join('');
      const bytes = Buffer.from(whole + half);
      let at = 0;
      let text = '';
      for (const size of [...sizes, bytes.length]) {
        const { length, chunk } = cut(bytes.subarray(at, at + size), { ...FRESH, more: at + size < bytes.length });
        at += length;
        text += chunk.toString();
      }
      expect(text).toBe(whole);
      expect(at).toBe(whole.length);
    }),
  );
});
