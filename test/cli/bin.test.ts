import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

/** The program as a person starts it: how it ends. */
const BIN = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'profiler-bin-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function profiler(...words: string[]) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [BIN, ...words], { encoding: 'utf8' });
  return { status, signal, stdout, stderr };
}

test('a mistake is one line on standard error, exit 2', () => {
  expect(profiler('sugest')).toEqual({
    status: 2,
    signal: null,
    stdout: '',
    stderr: 'profiler: unknown command sugest (did you mean suggest?)\n',
  });
});

test('a working directory that is gone stops no command that does not need it', () => {
  const words = ['-c', 'mkdir gone && cd gone && rmdir ../gone && exec "$@"', 'sh', process.execPath, BIN];
  const { status, stderr } = spawnSync('sh', [...words, 'suggest', '--db', join(folder, 'none.db'), '--exe', 'x'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(3);
  expect(stderr).toMatch(/none\.db: no evidence is stored there yet/);
});

test('a mistake before CMD is 125, as of env(1)', () => {
  expect(profiler('enforce', '--bogus', '--', 'true')).toMatchObject({ status: 125, stdout: '' });
  expect(profiler('observe', '--bogus', '--', 'true')).toMatchObject({ status: 125, stdout: '' });
});

test('what cannot be done is one line, exit 3', () => {
  expect(profiler('status', '--pid', '4194305')).toEqual({
    status: 3,
    signal: null,
    stdout: '',
    stderr: 'profiler: there is no process 4194305\n',
  });
});

test('a word that is not UTF-8 is refused, not changed', () => {
  const shell = `exec "$0" "$1" enforce -- true "$(printf '\\377')"`;
  const { status, stderr } = spawnSync('/bin/sh', ['-c', shell, process.execPath, BIN], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({
    status: 125,
    stderr: 'profiler: word 4 is not valid UTF-8, and would reach its program changed\n',
  });
});

test('a variable that is not UTF-8 is named before CMD gets it changed', () => {
  const shell = `LATIN="$(printf 'caf\\351')" SIGN="$(printf '\\357\\277\\275')"; export LATIN SIGN; exec "$0" "$1" "$2" $3`;
  const stderr = (command: string, ...words: string[]) =>
    spawnSync('/bin/sh', ['-c', shell, process.execPath, BIN, command, ...words], { encoding: 'utf8' }).stderr;
  const warning = 'warning: variables that are not valid UTF-8, and reach CMD changed: LATIN\n';
  expect(stderr('enforce', '--no-children')).toMatch(new RegExp(`^${warning}profiler: enforce: --no-children`));
  expect(stderr('enforce', '--help')).toBe('');
  expect(stderr('status', '--bogus')).not.toContain('warning');
});

describe('a reader that has gone', () => {
  test('ends it by SIGPIPE without a word', () => {
    const shell = 'exec 3> >(exit 0); sleep 0.3; "$0" "$1" completion bash >&3; echo "$?" >&2';
    const { stderr } = spawnSync('/bin/bash', ['-c', shell, process.execPath, BIN], { encoding: 'utf8' });
    expect(stderr).toBe('141\n');
  });

  test('of standard error does not matter', () => {
    const shell = `exec 2> >(exit 0); sleep 0.2; trap '' PIPE; "$0" "$1" nothing; echo "$?"`;
    expect(spawnSync('/bin/bash', ['-c', shell, process.execPath, BIN], { encoding: 'utf8' }).stdout).toBe('2\n');
  });
});

describe('a signal', () => {
  test.for(['SIGINT', 'SIGTERM'] as const)('%s ends it by itself while it waits for a log', async (signal) => {
    const words = ['import', '--db', join(folder, `${signal}.db`), '-'];
    const child = spawn(process.execPath, [BIN, ...words], { stdio: ['pipe', 'ignore', 'ignore'] });
    const closed = once(child, 'close');
    await setTimeout(500);
    child.kill(signal);
    expect(await closed).toEqual([null, signal]);
  });
});

test('another error tells how to see where it was, exit 3', () => {
  writeFileSync(join(folder, 'not-a-folder'), '');
  const { status, stderr } = profiler('import', '--db', join(folder, 'y.db'), join(folder, 'not-a-folder', 'x.log'));
  expect(status).toBeGreaterThan(1);
  expect(stderr).toMatch(/^profiler: [^\n]*\n$/);
});
