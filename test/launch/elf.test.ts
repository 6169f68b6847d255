import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { abiOf } from '../../src/kernel/abi.ts';
import { readElf } from '../../src/launch/elf.ts';

const folder = mkdtempSync(join(tmpdir(), 'profiler-elf-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function elfOf(bytes: Buffer) {
  return readElf((offset, length) => bytes.subarray(offset, offset + length));
}

function build(name: string, ...flags: string[]): Buffer {
  writeFileSync(
    join(folder, 'main.c'),
    'int main(void) { return 0; }\nvoid _start(void) __attribute__((weak)); void _start(void) { for (;;) ; }\n',
  );
  execFileSync('gcc', ['-o', join(folder, name), join(folder, 'main.c'), ...flags]);
  return readFileSync(join(folder, name));
}

describe('programs that gcc builds', () => {
  let dynamic: Buffer;
  beforeAll(() => {
    writeFileSync(join(folder, 'plain.c'), 'int main(void) { return 0; }\n');
    execFileSync('gcc', [
      '-Wl,--build-id=0x00c0ffee',
      '-Wl,--no-as-needed',
      '-lm',
      '-o',
      join(folder, 'dynamic'),
      join(folder, 'plain.c'),
    ]);
    dynamic = readFileSync(join(folder, 'dynamic'));
  });

  test('a dynamic one tells its loader, its libraries and its build-id', () => {
    const elf = elfOf(dynamic);
    expect(elf).toMatchObject({ kind: 'elf', type: 'dyn', buildId: '00c0ffee', needed: ['libm.so.6', 'libc.so.6'] });
    expect(elf?.kind === 'elf' && elf.interpreter).toMatch(/^\/lib.*\/ld-linux/);
    expect(elf?.kind === 'elf' && abiOf(elf.archToken, 0)?.abi).toBe(process.arch === 'x64' ? 'x86_64' : 'aarch64');
  });

  test('static and static-pie ones have no loader', () => {
    for (const flags of [['-static'], ['-static-pie'], ['-nostdlib', '-static', '-ffreestanding']]) {
      expect({ flags, elf: elfOf(build('static', ...flags)) }).toMatchObject({
        elf: { kind: 'elf', interpreter: undefined },
      });
    }
  });

  test('a 32-bit one has the token of i386', () => {
    const elf = elfOf(build('small', '-m32', '-nostdlib', '-static', '-ffreestanding'));
    expect(elf).toMatchObject({ kind: 'elf', archToken: 0x40000003, type: 'exec' });
  });

  test('cut off anywhere it is broken or poorer, never wrong', () => {
    const whole = elfOf(dynamic);
    for (let length = 0; length < Math.min(dynamic.length, 4096); length += 7) {
      const elf = elfOf(dynamic.subarray(0, length));
      if (elf?.kind !== 'elf') continue;
      expect(whole).toMatchObject({ type: elf.type, archToken: elf.archToken, interpreter: elf.interpreter });
    }
    expect(elfOf(dynamic.subarray(0, 63))).toEqual({ kind: 'broken', why: 'its header is cut off' });
  });

  test('with bytes of its head changed it is read or refused, never a crash', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1023), fc.nat(255)), { minLength: 1, maxLength: 8 }), (changes) => {
        const bytes = Buffer.from(dynamic);
        for (const [at, value] of changes) bytes[at] = value;
        const elf = elfOf(bytes);
        expect(['elf', 'broken', undefined]).toContain(elf?.kind);
      }),
    );
  });
});

test('a big-endian header is read in its own order', () => {
  const bytes = Buffer.alloc(64 + 56);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 2, 1]);
  bytes.writeUInt16BE(2, 16);
  bytes.writeUInt16BE(22, 18);
  bytes.writeBigUInt64BE(64n, 32);
  bytes.writeUInt16BE(56, 54);
  bytes.writeUInt16BE(1, 56);
  expect(elfOf(bytes)).toMatchObject({ kind: 'elf', archToken: 0x80000016, type: 'exec' });
});

test('what is no ELF file is nothing', () => {
  for (const text of ['', '#!/bin/sh\n', '\x7fEL', 'MZ']) expect(elfOf(Buffer.from(text, 'latin1'))).toBeUndefined();
});

test('any bytes behind the magic are read or refused', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom(1, 2),
      fc.constantFrom(1, 2),
      (bytes, bits, order) => {
        const elf = elfOf(Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46, bits, order]), bytes]));
        expect(['elf', 'broken']).toContain(elf?.kind);
      },
    ),
  );
});
