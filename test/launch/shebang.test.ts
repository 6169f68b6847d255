import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readShebang } from '../../src/launch/shebang.ts';

/** The rules of fs/binfmt_script.c load_script(). */
test.for([
  ['#!/bin/sh\necho', { interpreter: '/bin/sh', argument: undefined }],
  ['#!/bin/sh', { interpreter: '/bin/sh', argument: undefined }],
  ['#! \t/bin/sh  -e x \t\n', { interpreter: '/bin/sh', argument: '-e x' }],
  ['#!/usr/bin/env -S python3 -u\n', { interpreter: '/usr/bin/env', argument: '-S python3 -u' }],
  ['#!sh\n', { interpreter: 'sh', argument: undefined }],
  ['#!/opt/\u00e9\n', { interpreter: '/opt/\u00e9', argument: undefined }],
  ['#!/bin/sh\0-x\n', { interpreter: '/bin/sh', argument: undefined }],
  ['#!\n/bin/sh\n', undefined],
  ['#!   ', undefined],
  ['#!', undefined],
  [' #!/bin/sh\n', undefined],
  ['', undefined],
  // A name that the kernel's 256 bytes cut off is not run; an argument that they cut off is.
  [`#!/${'a'.repeat(300)}\n`, undefined],
  [`#!/bin/sh ${'a'.repeat(300)}\n`, { interpreter: '/bin/sh', argument: 'a'.repeat(246) }],
] as const)('%j', ([text, want]) => {
  expect(readShebang(Buffer.from(text))).toEqual(want);
});

test('any bytes give an interpreter without blanks, or nothing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (bytes, marked) => {
      const shebang = readShebang(Buffer.concat([Buffer.from(marked ? '#!' : ''), bytes]));
      expect(shebang?.interpreter ?? 'none').toMatch(/^[^ \t\n\0]+$/);
    }),
  );
});
