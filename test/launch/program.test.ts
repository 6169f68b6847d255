import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RefusedError } from '../../src/errors.ts';
import { sha256OfFile } from '../../src/launch/file.ts';
import { inspectProgram } from '../../src/launch/program.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'profiler-program-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const NOBODY = { uid: 65534, gid: 65534 };
const ROOT = { uid: 0, gid: 0 };

/** The #! lines that were followed, or the exit code of the refusal. */
function followed(file: string): number {
  try {
    return inspectProgram(file, {}, ROOT).scripts.length;
  } catch (error) {
    return error instanceof RefusedError ? error.exitCode : -1;
  }
}

function copy(name: string, mode: number, owner = 0): string {
  copyFileSync(at('dynamic'), at(name));
  if (owner > 0) chownSync(at(name), owner, owner);
  chmodSync(at(name), mode);
  return at(name);
}

function script(name: string, text: string): string {
  writeFileSync(at(name), text, { mode: 0o755 });
  return at(name);
}

beforeAll(() => {
  writeFileSync(at('main.c'), 'int main(void) { return 0; }\n');
  execFileSync('gcc', ['-o', at('dynamic'), at('main.c')]);
  execFileSync('gcc', ['-static', '-o', at('static'), at('main.c')]);
  execFileSync('musl-gcc', ['-o', at('musl'), at('main.c')]);
  symlinkSync('dynamic', at('link'));
});

test('a dynamic program tells its loader and the libc version, through links and PATH', () => {
  const facts = inspectProgram('link', { PATH: `/none:${folder}` }, ROOT);
  expect(facts).toMatchObject({ path: at('link'), exe: at('dynamic'), scripts: [], viaShell: false, gains: [] });
  const told = spawnSync('ldd', ['--version'], { encoding: 'utf8' }).stdout;
  expect(facts.loader).toEqual({ path: facts.elf.interpreter, libc: 'glibc', version: /([0-9.]+)\n/.exec(told)?.[1] });
});

test('a static one has no loader; a musl one names its libc', () => {
  expect(inspectProgram(at('static'), {}, ROOT).loader).toBeUndefined();
  expect(inspectProgram(at('musl'), {}, ROOT).loader).toMatchObject({
    libc: 'musl',
    version: expect.stringMatching(/^1\.\d+\.\d+$/),
  });
});

test("a loader that is not the system's own is not trusted to honour LD_PRELOAD", () => {
  const [, loader = ''] = /(\/lib\S*ld-linux\S*)/.exec(execFileSync('ldd', ['/bin/sh'], { encoding: 'utf8' })) ?? [];
  const own = at('ld-linux-own.so.2');
  copyFileSync(loader, own);
  execFileSync('gcc', [`-Wl,--dynamic-linker=${own}`, '-o', at('own'), at('main.c')]);
  chownSync(own, 65534, 65534);
  expect(inspectProgram(at('own'), {}, ROOT).loader).toEqual({ path: own, libc: 'other', version: undefined });
  chownSync(own, 0, 0);
  chmodSync(own, 0o775);
  expect(inspectProgram(at('own'), {}, ROOT).loader).toMatchObject({ libc: 'other' });
  chmodSync(own, 0o755);
  expect(inspectProgram(at('own'), {}, ROOT).loader).toMatchObject({ libc: 'glibc' });
});

describe('a script', () => {
  test('stands for the interpreter at the end of its chain', () => {
    const inner = script('inner', '#!/bin/sh -e\nexit 0\n');
    const outer = script('outer', `#! ${inner} argument\n`);
    expect(inspectProgram(outer, {}, ROOT)).toMatchObject({
      path: outer,
      exe: realpathSync('/bin/sh'),
      scripts: [
        { path: outer, interpreter: inner, argument: 'argument' },
        { path: inner, interpreter: '/bin/sh', argument: '-e' },
      ],
    });
  });

  test('is followed as far as this kernel follows it, and no further', () => {
    let last = script('chain1', '#!/bin/sh\n');
    for (let depth = 2; depth <= 7; depth++) {
      last = script(`chain${depth}`, `#!${last}\n`);
      const runs = spawnSync(last, { stdio: 'ignore' }).error === undefined;
      expect({ depth, followed: followed(last) }).toEqual({ depth, followed: runs ? depth : 126 });
    }
  });

  test('without #! is given to /bin/sh, as execvp does', () => {
    const facts = inspectProgram(script('bare', 'exit 0\n'), {}, ROOT);
    expect(facts).toMatchObject({ viaShell: true, exe: realpathSync('/bin/sh') });
  });

  test('whose interpreter is not there is refused', () => {
    const lost = script('lost', '#!/none/such\n');
    expect(() => inspectProgram(lost, {}, ROOT)).toThrow(
      expect.objectContaining({
        exitCode: 127,
        message: `${at('lost')}: its interpreter: /none/such: no such program`,
      }),
    );
  });
});

test('what is no program is refused with 126', () => {
  writeFileSync(at('noise'), Buffer.from([1, 0, 2, 0]), { mode: 0o755 });
  expect(() => inspectProgram(at('noise'), {}, ROOT)).toThrow(expect.objectContaining({ exitCode: 126 }));
  writeFileSync(at('half'), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]), { mode: 0o755 });
  expect(() => inspectProgram(at('half'), {}, ROOT)).toThrow(`${at('half')}: a broken ELF file: its header is cut off`);
});

describe('what execve would add to the rights of the caller', () => {
  test('set-uid and set-gid count where they change something', () => {
    const both = copy('both', 0o6755);
    expect(inspectProgram(both, {}, NOBODY).gains).toEqual(['set-uid', 'set-gid']);
    expect(inspectProgram(both, {}, ROOT).gains).toEqual([]);
    expect(inspectProgram(copy('other', 0o4755, 65534), {}, ROOT).gains).toEqual(['set-uid']);
    // Without group execution the bit means mandatory locking (inode(7)), not set-gid.
    expect(inspectProgram(copy('locking', 0o2745), {}, NOBODY).gains).toEqual([]);
  });

  test('file capabilities count for all but root', () => {
    const file = copy('caps', 0o755);
    execFileSync('setcap', ['cap_net_raw+ep', file]);
    expect(inspectProgram(file, {}, NOBODY).gains).toEqual(['file capabilities']);
    expect(inspectProgram(file, {}, ROOT).gains).toEqual([]);
  });

  test('a script has the rights of its interpreter, not of its own mode', () => {
    const file = script('setid', '#!/bin/sh\n');
    chmodSync(file, 0o6755);
    expect(inspectProgram(file, {}, NOBODY).gains).toEqual([]);
  });
});

test('a program is known by the hash of its bytes', async () => {
  const want = execFileSync('sha256sum', [at('dynamic')], { encoding: 'utf8' }).slice(0, 64);
  expect(await sha256OfFile(at('dynamic'))).toBe(want);
});
