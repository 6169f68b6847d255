import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enforce } from '../../src/app/enforce/enforce.ts';
import { openStore } from '../../src/store/open.ts';
import { build, type Ended, profiler, run, scratch } from './cli.ts';

/**
 * `enforce` runs a program under its list or not at all. That a filter is on is told by the kernel: the programs print
 * `Seccomp: 2` of their own /proc/self/status.
 */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const folder = scratch();
const db = `${folder.path}/enforce.db`;
const at = (name: string): string => `${folder.path}/${name}`;
const FILTERED = 'NoNewPrivs:\t1\nSeccomp:\t2\n';
const SOURCE = 'test/live/programs/own-status.c';

beforeAll(async () => {
  build(folder.path, 'dynamic', SOURCE);
  build(folder.path, 'static', SOURCE, ['-static']);
  await learn([at('dynamic'), 'exit', '7'], [at('dynamic'), 'signal', '15'], [at('dynamic'), 'wait-for-term']);
  await learn([at('static')]);
});
afterAll(() => folder.remove());

/** Observes each command; one that waits for SIGTERM gets it. */
async function learn(...commands: readonly (readonly string[])[]): Promise<void> {
  for (const command of commands) {
    const words = ['observe', '--db', db, '--', ...command];
    const ended = await (command.includes('wait-for-term') ? terminated(words) : profiler(words));
    expect(ended.stderr).toMatch(/complete/);
  }
}

/** Starts profiler and sends it SIGTERM as soon as the program has spoken. */
async function terminated(args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [`${ROOT}dist/cli/bin.js`, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const closed = new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.once('close', (code, signal) => resolve([code, signal]));
  });
  let stdout = '';
  for await (const line of createInterface({ input: child.stdout })) {
    stdout += `${line}\n`;
    if (line.startsWith('Seccomp:')) child.kill('SIGTERM');
  }
  const [code, signal] = await closed;
  return { code, signal, stdout, stderr };
}

function script(name: string, text: string): string {
  writeFileSync(at(name), text, { mode: 0o755 });
  return at(name);
}

function enforced(...words: readonly string[]): Promise<Ended> {
  return profiler(['enforce', '--db', db, ...words]);
}

describe('a dynamic program, by preload', () => {
  test('runs under its filter, and its exit code is passed on without a word', async () => {
    expect(await enforced('--', at('dynamic'), 'exit', '7')).toEqual({
      code: 7,
      signal: null,
      stdout: FILTERED,
      stderr: '',
    });
  });

  test('runs with and without --, with --exe by name or path, and with --strict', async () => {
    for (const words of [
      [at('dynamic')],
      ['--exe', 'dynamic', at('dynamic')],
      ['--exe', at('dynamic'), '--', at('dynamic')],
    ]) {
      expect(await enforced(...words)).toEqual({ code: 0, signal: null, stdout: FILTERED, stderr: '' });
    }
    const strict = await enforced('--strict', '--', at('dynamic'));
    expect(strict).toMatchObject({
      code: 125,
      stdout: '',
      stderr: expect.stringContaining('the evidence is thin: '),
    });
  });

  test('is killed at a call that it was not seen to make, and profiler dies by the same signal', async () => {
    const ended = await enforced('--', at('dynamic'), 'getppid');
    expect(ended).toEqual({ code: null, signal: 'SIGSYS', stdout: FILTERED, stderr: '' });
  });

  test('is killed all the same where the environment asks for logging', async () => {
    const env = {
      ...process.env,
      SECCOMP_DEFAULT_ACTION: 'log',
      SECCOMP_SYSCALL_DENY: 'reboot',
      SECCOMP_SYSCALL_ALLOW: 'getppid',
    };
    const ended = await profiler(['enforce', '--db', db, '--', at('dynamic'), 'getppid'], { env });
    expect(ended).toMatchObject({ code: null, signal: 'SIGSYS', stderr: '' });
  });

  test('dies by its own signal, and so does profiler', async () => {
    expect(await enforced('--', at('dynamic'), 'signal', '15')).toMatchObject({
      code: null,
      signal: 'SIGTERM',
      stdout: FILTERED,
    });
  });

  test('gets the signals that profiler is sent', async () => {
    expect(await terminated(['enforce', '--db', db, '--', at('dynamic'), 'wait-for-term'])).toMatchObject({
      code: 42,
      stdout: FILTERED,
    });
  });

  test('is found in PATH', async () => {
    const env = { ...process.env, PATH: `${folder.path}:${process.env['PATH']}` };
    expect(await profiler(['enforce', '--db', db, 'dynamic'], { env })).toMatchObject({ code: 0, stdout: FILTERED });
  });

  test('gives the command for a script by --dry-run', async () => {
    const { stdout } = await enforced('--dry-run', '--', at('dynamic'), 'exit', '3');
    expect(await run('/bin/sh', ['-c', stdout])).toMatchObject({ code: 3, stdout: FILTERED });
  });
});

describe('what LD_PRELOAD does nothing to', () => {
  test('a static program runs under the launcher, where its evidence is from there', async () => {
    expect(await enforced('--', at('static'))).toEqual({ code: 0, signal: null, stdout: FILTERED, stderr: '' });
  });

  test('a program that became static is not run; the command that is told makes it run', async () => {
    build(folder.path, 'turned', SOURCE);
    await learn([at('turned')]);
    build(folder.path, 'turned', SOURCE, ['-static']);
    const ended = await enforced('--', at('turned'));
    expect(ended).toMatchObject({ code: 125, stdout: '' });
    expect(ended.stderr).toContain(
      `${at('turned')} is static: LD_PRELOAD does nothing to it; its list was learned for stage preload`,
    );
    const [, told = ''] = /by: profiler (observe .*)\n$/.exec(ended.stderr) ?? [];
    expect(told).toBe(`observe --db ${db} --stage launcher -- ${at('turned')}`);
    expect(await profiler(told.split(' '))).toMatchObject({ code: 0 });
    expect(await enforced('--', at('turned'))).toMatchObject({ code: 0, stdout: FILTERED });
  });

  test('a set-uid and a set-gid program are not run', async () => {
    for (const [name, mode, what] of [
      ['setuid', 0o4755, 'set-uid'],
      ['setgid', 0o2755, 'set-gid'],
    ] as const) {
      copyFileSync(at('dynamic'), at(name));
      chownSync(at(name), 65534, 65534);
      chmodSync(at(name), mode);
      const ended = await enforced('--exe', at('dynamic'), '--any-program', '--', at(name));
      expect(ended).toMatchObject({ code: 125, stdout: '' });
      expect(ended.stderr).toContain(`${at(name)} has ${what}, which no_new_privs takes away from it`);
    }
  });

  test('a program with file capabilities is not run for others than root, for whom they change nothing', async () => {
    copyFileSync(at('dynamic'), at('caps'));
    execFileSync('setcap', ['cap_net_raw+ep', at('caps')]);
    expect(await enforced('--exe', at('dynamic'), '--any-program', '--', at('caps'))).toMatchObject({
      code: 0,
      stdout: FILTERED,
    });
    const store = openStore(db, { readonly: true });
    const request = {
      argv: [at('caps')],
      exe: [at('dynamic')],
      name: undefined,
      stage: undefined,
      strict: false,
      closure: 'none' as const,
      anyProgram: true,
    };
    const asNobody = enforce(store, { ...request, env: {}, caller: { uid: 65534, gid: 65534 }, again: '' });
    await expect(asNobody).rejects.toMatchObject({
      exitCode: 125,
      message: expect.stringContaining('has file capabilities'),
    });
    store.close();
  });

  test('a program of another word size is not run', async ({ skip }) => {
    const flags = ['-m32', '-nostdlib', '-static', '-ffreestanding', '-fno-stack-protector', '-fno-pie', '-no-pie'];
    const small = build(folder.path, 'small', 'native/test/targets/nolibc.c', flags);
    skip(spawnSync(small).status !== 0, 'this kernel runs no 32-bit programs');
    expect(await profiler(['observe', '--db', db, '--', small])).toMatchObject({ code: 0, stdout: 'hello\n' });
    const ended = await enforced('--', small);
    expect(ended).toMatchObject({ code: 125, stdout: '' });
    expect(ended.stderr).toContain('is built for another architecture or word size: every call of it would be killed');
  });
});

describe('a script', () => {
  test('runs under the filter of its interpreter, through all its #! lines', async () => {
    const inner = script(
      'inner.sh',
      '#!/bin/sh\nwhile read -r line; do case $line in Seccomp:*) echo "$line";; esac; done < /proc/self/status\n',
    );
    const outer = script('outer.sh', `#!${inner}\n`);
    await learn([outer]);
    expect(await enforced('--', outer)).toEqual({ code: 0, signal: null, stdout: 'Seccomp:\t2\n', stderr: '' });
  });

  test('without #! does too', async () => {
    const bare = script(
      'bare.sh',
      'while read -r line; do case $line in Seccomp:*) echo "$line";; esac; done < /proc/self/status\n',
    );
    await learn([bare]);
    expect(await enforced('--', bare)).toMatchObject({ code: 0, stdout: 'Seccomp:\t2\n' });
  });

  test('of a static interpreter is not run by preload, but by the launcher', async () => {
    script('of-static', `#!${at('static')}\n`);
    await learn([at('of-static')]);
    expect(await enforced('--stage', 'preload', '--', at('of-static'))).toMatchObject({ code: 125, stdout: '' });
    expect(await enforced('--', at('of-static'))).toMatchObject({ code: 0, stdout: FILTERED });
  });

  test('has a list of its own: nothing of another script of its interpreter is taken for it', async () => {
    const first = script('first.sh', '#!/bin/sh\ncd /\numask 022\n');
    const second = script('second.sh', '#!/bin/sh\ncd /\n');
    await learn([first]);
    const refused = await enforced('--', second);
    expect(refused).toMatchObject({ code: 125, stdout: '' });
    expect(refused.stderr).toContain(`nothing was seen of ${second}: observe it by: profiler observe`);
    expect(await enforced('--exe', first, '--', first)).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    const known = await profiler(['observe', '--db', db, '--known', '--', second]);
    expect(known.stderr).toMatch(/1[0-9] calls, .*complete/);
    expect(await enforced('--', second)).toMatchObject({ code: 0, stderr: '' });
    const suggested = await profiler(['suggest', '--db', db, '--exe', second]);
    expect(suggested.stdout).toMatch(/[=:]chdir:/);
    expect(suggested.stdout).not.toMatch(/umask/);
    expect((await enforced('--exe', '/bin/sh', '--', second)).stderr).toMatch(
      /is an interpreter and ran different programs/,
    );
  });
});

describe('without a list that fits, nothing is run', () => {
  test.for([
    {
      what: 'no database',
      words: ['--db', '/none/at/all.db', '--', '/bin/true'],
      code: 125,
      told: 'observe first, by: profiler observe --db /none/at/all.db -- /bin/true',
    },
    {
      what: 'never seen',
      words: ['--', '/usr/bin/whoami'],
      code: 125,
      told: 'nothing was seen of /usr/bin/whoami: observe it by: profiler observe',
    },
    {
      what: 'no run of that name',
      words: ['--name', 'nightly', '--', '/bin/true'],
      code: 125,
      told: 'nothing was seen of',
    },
    { what: 'no such program', words: ['--', '/none/such'], code: 127, told: '/none/such: no such program' },
    { what: 'a directory', words: ['--', '/usr'], code: 126, told: '/usr: not an executable file' },
    { what: 'no CMD', words: [], code: 125, told: 'want a program: profiler enforce -- CMD' },
    {
      what: '--no-children',
      words: ['--no-children', '--', '/bin/true'],
      code: 125,
      told: 'inherit the filter and would be killed',
    },
    { what: 'a mistyped option', words: ['--strickt', '--', '/bin/true'], code: 125, told: 'did you mean --strict?' },
  ])('$what', async ({ words, code, told }) => {
    const ended = await enforced(...words);
    expect(ended).toMatchObject({ code, signal: null, stdout: '' });
    expect(ended.stderr).toMatch(/^profiler: [^\n]+\n$/);
    expect(ended.stderr).toContain(told);
  });

  test('a default action alone is no list', async () => {
    const env = { ...process.env, SECCOMP_DEFAULT_ACTION: 'kill' };
    const ended = await profiler(['enforce', '--db', db, '--', '/usr/bin/whoami'], { env });
    expect(ended).toMatchObject({ code: 125, stdout: '' });
  });

  test('another program than the one that was learned, unless the person says so', async () => {
    const other = build(folder.path, 'other', SOURCE);
    const ended = await enforced('--exe', 'dynamic', '--', other);
    expect(ended).toMatchObject({ code: 125, stdout: '' });
    expect(ended.stderr).toContain(
      `the list was learned from ${at('dynamic')}, but ${other} runs ${other}; --any-program allows that`,
    );
    expect(await enforced('--exe', 'dynamic', '--any-program', '--', other)).toMatchObject({
      code: 0,
      stdout: FILTERED,
    });
  });

  test('a program that was changed since: told, and refused by --strict', async () => {
    build(folder.path, 'changed', SOURCE);
    await learn([at('changed')]);
    build(folder.path, 'changed', SOURCE, ['-O0', '-g']);
    const told = 'the program was changed since its list was learned';
    const ended = await enforced('--', at('changed'));
    expect(ended).toMatchObject({ code: 0, stdout: FILTERED });
    expect(ended.stderr).toContain(told);
    const strict = await enforced('--strict', '--', at('changed'));
    expect(strict).toMatchObject({ code: 125, stdout: '' });
    expect(strict.stderr).toContain(told);
  });
});

describe('an installation without its parts', () => {
  const copy = at('my copy');
  const bin = `${copy}/dist/cli/bin.js`;
  const library = `${copy}/native/build/libsandbox.so`;

  beforeAll(() => {
    mkdirSync(`${copy}/native`, { recursive: true });
    cpSync(`${ROOT}dist`, `${copy}/dist`, { recursive: true });
    for (const part of ['migrations', 'package.json', 'node_modules']) symlinkSync(`${ROOT}${part}`, `${copy}/${part}`);
    mkdirSync(`${copy}/native/build`);
    for (const part of ['libsandbox.so', 'file-caps'])
      copyFileSync(`${ROOT}native/build/${part}`, `${copy}/native/build/${part}`);
  });

  function fromCopy(program: string, place = bin): Promise<Ended> {
    return run(process.execPath, [place, 'enforce', '--db', db, '--', program]);
  }

  test('in a path with a space cannot preload, and does not run the program', async () => {
    const ended = await fromCopy(at('dynamic'));
    expect(ended).toMatchObject({ code: 125, stdout: '' });
    expect(ended.stderr).toContain('LD_PRELOAD takes no path with a space, a colon or a $');
  });

  test('without sandboxify runs no static program', async () => {
    const ended = await fromCopy(at('static'));
    expect(ended).toMatchObject({ code: 125, stdout: '' });
    expect(ended.stderr).toMatch(/needs .*sandboxify: ENOENT.*build it \(npm run build\)/);
  });

  test('with a library that is missing, that is none, or that may not be mapped runs no dynamic program', async () => {
    symlinkSync(copy, at('copy'));
    const place = `${at('copy')}/dist/cli/bin.js`;
    const plain = (program: string) =>
      run(process.execPath, [
        '--preserve-symlinks',
        '--preserve-symlinks-main',
        place,
        'enforce',
        '--db',
        db,
        '--',
        program,
      ]);
    expect(await plain(at('dynamic'))).toMatchObject({ code: 0, stdout: FILTERED });

    rmSync(library);
    const missing = await plain(at('dynamic'));
    expect(missing).toMatchObject({ code: 125, stdout: '' });
    expect(missing.stderr).toContain('libsandbox.so: ENOENT');

    writeFileSync(library, 'no library');
    const broken = await plain(at('dynamic'));
    expect(broken).toMatchObject({ code: 125, stdout: '' });
    expect(broken.stderr).toContain('would run without its filter: ');

    rmSync(library);
    copyFileSync(`${ROOT}native/build/libsandbox.so`, library);
    // In a mount namespace of its own, where the library lies on a file system that nothing may be mapped from to execute.
    const remounted = 'mount --bind "$0" "$0" && mount -o remount,bind,noexec "$0" && exec "$@"';
    const words = [
      '--preserve-symlinks',
      '--preserve-symlinks-main',
      place,
      'enforce',
      '--db',
      db,
      '--',
      at('dynamic'),
    ];
    const noexec = await run('unshare', [
      '-m',
      'sh',
      '-c',
      remounted,
      `${copy}/native/build`,
      process.execPath,
      ...words,
    ]);
    expect(noexec).toMatchObject({ code: 125, stdout: '' });
    expect(noexec.stderr).toContain('would run without its filter: ');
  });
});
