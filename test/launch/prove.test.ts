import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isSecure, runsSecure } from '../../src/launch/prove.ts';

function auxv(...pairs: readonly (readonly [bigint, bigint])[]): Buffer {
  const bytes = Buffer.alloc(pairs.length * 16);
  pairs.forEach(([type, value], index) => {
    bytes.writeBigUInt64LE(type, index * 16);
    bytes.writeBigUInt64LE(value, index * 16 + 8);
  });
  return bytes;
}

test.for([
  {
    pairs: [
      [6n, 4096n],
      [23n, 1n],
      [0n, 0n],
    ],
    secure: true,
  },
  {
    pairs: [
      [23n, 0n],
      [0n, 0n],
    ],
    secure: false,
  },
  {
    pairs: [
      [0n, 0n],
      [23n, 1n],
    ],
    secure: false,
  },
  { pairs: [], secure: false },
] as { pairs: [bigint, bigint][]; secure: boolean }[])('AT_SECURE in $pairs: $secure', ({ pairs, secure }) => {
  expect(isSecure(auxv(...pairs))).toBe(secure);
  expect(isSecure(Buffer.concat([auxv(...pairs), Buffer.from([23, 0])]))).toBe(secure);
});

test('a set-uid program runs secure: the kernel says so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'profiler-prove-'));
  const file = join(folder, 'sleep');
  copyFileSync('/bin/sleep', file);
  chownSync(file, 65534, 65534);
  chmodSync(file, 0o4755);
  const child = spawn(file, ['5']);
  await once(child, 'spawn');
  expect(runsSecure(child.pid ?? 0)).toBe(true);
  child.kill();
  rmSync(folder, { recursive: true });
});

test('a plain program does not run secure, nor does one that is gone', async () => {
  const child = spawn('sleep', ['5']);
  await once(child, 'spawn');
  expect(runsSecure(child.pid ?? 0)).toBe(false);
  child.kill();
  expect(runsSecure(4194305)).toBe(false);
});
