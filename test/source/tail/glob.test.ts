import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { alternatives, isGlob, matches, segmentPattern } from '../../../src/source/tail/glob.ts';

const folder = mkdtempSync(join(tmpdir(), 'profiler-glob-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
for (const name of ['a.log', 'b.log', 'b.txt', '.hidden.log', 'x/a.log', 'x/y/z.log', 'x/[1].log', '.git/a.log']) {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), '');
}
mkdirSync(join(folder, 'dir.log'));
symlinkSync(folder, join(folder, 'x/circle'));

test.for([
  ['*.log', ['a.log', 'b.log']],
  ['?.{log,txt}', ['a.log', 'b.log', 'b.txt']],
  ['[!a].*', ['b.log', 'b.txt']],
  ['[a-b].log', ['a.log', 'b.log']],
  ['.*.log', ['.hidden.log']],
  ['*/a.log', ['x/a.log']],
  ['**/*.log', ['a.log', 'b.log', 'x/[1].log', 'x/a.log', 'x/y/z.log']],
  ['x/**', ['x/[1].log', 'x/a.log', 'x/y/z.log']],
  ['x/[[]1].log', ['x/[1].log']],
  ['{x/y/z,none}.log', ['x/y/z.log']],
  ['nothing*', []],
] as const)('%s', async ([pattern, files]) => {
  const found = await matches(join(folder, pattern));
  expect(found.files.map((file) => relative(folder, file))).toEqual(files);
  expect(found.more).toBe(false);
});

test('tells where new files could appear', async () => {
  expect((await matches(join(folder, 'x/*.log'))).directories).toEqual([join(folder, 'x')]);
});

test('braces are spelt out, nested ones too', () => {
  expect(alternatives('/a{b,c{d,e}}f')).toEqual(['/abf', '/acdf', '/acef']);
  expect(alternatives('/a{b}')).toEqual(['/a{b}']);
});

test('what is no wildcard means itself', () => {
  expect(isGlob('/var/log/audit/audit.log')).toBe(false);
  expect(segmentPattern('a.b+(c)').test('a.b+(c)')).toBe(true);
  expect(segmentPattern('a.b').test('axb')).toBe(false);
  expect(segmentPattern('[^a]').test('b')).toBe(true);
});
