import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { printable } from '../../src/record/name.ts';
import { runs } from './reading.ts';

test.for([
  ['plain', '/usr/bin/hello world', '/usr/bin/hello world'],
  ['UTF-8', '/opt/wörld/日本/🙂', '/opt/wörld/日本/🙂'],
  ['deleted', '/tmp/x (deleted)', '/tmp/x (deleted)'],
  ['newline', 'a\nb', 'a\\x0ab'],
  ['NUL', 'a\0b', 'a\\x00b'],
  ['escape', '\x1b[31m', '\\x1b[31m'],
  ['delete', '\x7f', '\\x7f'],
  ['backslash', 'a\\b', 'a\\x5cb'],
  ['what looks escaped', 'a\\x0ab', 'a\\x5cx0ab'],
  ['C1 control', '\u009b31m', '\\xc2\\x9b31m'],
  ['right-to-left override', 'a\u202eb', 'a\\xe2\\x80\\xaeb'],
  ['zero width', 'a\u200bb', 'a\\xe2\\x80\\x8bb'],
  ['byte order mark', '\ufeffa', '\\xef\\xbb\\xbfa'],
  ['line separator', 'a\u2028b', 'a\\xe2\\x80\\xa8b'],
  ['unassigned', '\u0378', '\\xcd\\xb8'],
  ['private use', '\ue000', '\\xee\\x80\\x80'],
  ['no character', '\uffff', '\\xef\\xbf\\xbf'],
] as const)('%s', ([, text, expected]) => {
  expect(printable(Buffer.from(text))).toBe(expected);
  expect(printable(text)).toBe(expected);
});

test.for([
  ['lone continuation', [0x80], '\\x80'],
  ['cut', [0x61, 0xe2, 0x82], 'a\\xe2\\x82'],
  ['overlong slash', [0xc0, 0xaf], '\\xc0\\xaf'],
  ['overlong of three', [0xe0, 0x80, 0xaf], '\\xe0\\x80\\xaf'],
  ['surrogate', [0xed, 0xa0, 0x80], '\\xed\\xa0\\x80'],
  ['beyond Unicode', [0xf4, 0x90, 0x80, 0x80], '\\xf4\\x90\\x80\\x80'],
  ['no lead', [0xff, 0xfe], '\\xff\\xfe'],
  ['bad, then good', [0xc3, 0x61, 0xc3, 0xa4], '\\xc3aä'],
] as const)('%s', ([, bytes, expected]) => {
  expect(printable(Buffer.from(bytes))).toBe(expected);
});

/** The bytes that a printed name stands for. */
function unprinted(text: string): Buffer {
  const pieces = text
    .split(/(\\x[0-9a-f]{2})/)
    .map((piece) => (piece.startsWith('\\x') ? Buffer.from(piece.slice(2), 'hex') : Buffer.from(piece)));
  return Buffer.concat(pieces);
}

const NAME = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => Buffer.from(text)),
  fc
    .string({ unit: fc.constantFrom('\\', 'x', '5', 'c', '0', 'a', '\n', 'ä'), maxLength: 12 })
    .map((text) => Buffer.from(text)),
);

test('any name can be told from its print: no two print alike', () => {
  fc.assert(
    fc.property(NAME, (name) => {
      expect(unprinted(printable(Buffer.from(name))).toString('hex')).toBe(Buffer.from(name).toString('hex'));
    }),
    runs(1000),
  );
});

test('nothing unprintable is printed', () => {
  fc.assert(
    fc.property(NAME, (name) => {
      expect(printable(Buffer.from(name))).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]*$/u);
    }),
    runs(1000),
  );
});
