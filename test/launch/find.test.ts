import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findProgram } from '../../src/launch/find.ts';

const folder = mkdtempSync(join(tmpdir(), 'profiler-find-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
for (const part of ['one', 'two', 'three', 'two/folder']) mkdirSync(join(folder, part));
function file(name: string, mode: number): void {
  writeFileSync(join(folder, name), '');
  chmodSync(join(folder, name), mode);
}
file('one/tool', 0o644);
file('two/tool', 0o755);
file('three/tool', 0o755);
file('one/plain', 0o644);
const PATH = ['one', 'two', 'three'].map((part) => join(folder, part)).join(':');

test('the first executable of PATH is found, past files that may not be run', () => {
  expect(findProgram('tool', { PATH })).toBe(join(folder, 'two/tool'));
});

test('a name with a slash is taken as it is', () => {
  expect(findProgram(`${folder}/three/tool`, { PATH: '' })).toBe(`${folder}/three/tool`);
});

test('an empty part of PATH is the working directory, an unset PATH that of execvp', () => {
  expect(() => findProgram('tool', { PATH: ':' })).toThrow('no such program (not in PATH)');
  expect(findProgram('sh', {})).toBe('/bin/sh');
});

test.for([
  { name: 'nothing', exitCode: 127, message: 'nothing: no such program (not in PATH)' },
  { name: '/nothing/at/all', exitCode: 127, message: '/nothing/at/all: no such program' },
  { name: '', exitCode: 127, message: "'': no such program" },
  { name: 'plain', exitCode: 126, message: `${folder}/one/plain: not an executable file` },
  { name: 'folder', exitCode: 126, message: `${folder}/two/folder: not an executable file` },
  { name: `${folder}/two/tool/below`, exitCode: 127, message: `${folder}/two/tool/below: no such program` },
])('$name is refused with $exitCode', ({ name, exitCode, message }) => {
  expect(() => findProgram(name, { PATH })).toThrow(
    expect.objectContaining({ exitCode, message: expect.stringContaining(message) }),
  );
});
