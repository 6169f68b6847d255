import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { miscRules } from '../../src/launch/binfmt-misc.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'profiler-misc-'));
  writeFileSync(join(folder, 'status'), 'enabled\n');
  writeFileSync(
    join(folder, 'qemu-i386'),
    'enabled\ninterpreter /usr/bin/qemu-i386\nflags: POCF\noffset 0\nmagic 7f454c4601\nmask ffffffff03\n',
  );
  writeFileSync(join(folder, 'jar'), 'enabled\ninterpreter /usr/bin/jexec\nflags: \nextension .jar\n');
  writeFileSync(join(folder, 'off'), 'disabled\ninterpreter /usr/bin/off\nflags: \nextension .sh\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function taken(file: string, head: number[]): string | undefined {
  return miscRules(folder).find((rule) => rule.takes(file, Buffer.from(head)))?.name;
}

test('a file falls to the rule that its first bytes or its name match', () => {
  expect(taken('/x', [0x7f, 0x45, 0x4c, 0x46, 0x01, 9])).toBe('qemu-i386');
  expect(taken('/x', [0x7f, 0x45, 0x4c, 0x46, 0xfd])).toBe('qemu-i386');
  expect(taken('/x', [0x7f, 0x45, 0x4c, 0x46, 0x02])).toBeUndefined();
  expect(taken('/x', [0x7f, 0x45])).toBeUndefined();
  expect(taken('/opt/app.jar', [])).toBe('jar');
  expect(taken('/opt/script.sh', [])).toBeUndefined();
});

test('nothing is taken where binfmt_misc is off or not mounted', () => {
  writeFileSync(join(folder, 'status'), 'disabled\n');
  expect(miscRules(folder)).toEqual([]);
  expect(miscRules(join(folder, 'none'))).toEqual([]);
});
