import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build, type Ended, run, scratch } from './cli.ts';

/** What a person gets from `npm pack` and `npm install -g`: the whole loop without the checkout. */
const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = scratch();
const prefix = join(folder.path, 'global');
let hello: string;

beforeAll(() => {
  hello = build(folder.path, 'hello', 'native/examples/hello.c');
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder.path], {
    cwd: root,
    encoding: 'utf8',
  });
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  const env = { ...process.env, npm_config_better_sqlite3_local_prebuilds: prebuilt() };
  execFileSync('npm', ['install', '-g', '--prefix', prefix, '--no-audit', '--no-fund', join(folder.path, filename)], {
    cwd: folder.path,
    env,
    stdio: 'pipe',
  });
}, 300_000);
afterAll(() => folder.remove());

test('the installed profiler observes, suggests and enforces with its own native parts', async () => {
  const db = join(folder.path, 'installed.db');
  const observed = await installed(['observe', '--db', db, '--', hello]);
  expect(observed, observed.stderr).toMatchObject({ code: 0, stdout: 'Hello, world!\n' });
  const suggested = await installed(['suggest', '--db', db, '--exe', 'hello']);
  expect(suggested.stdout).toBe('SECCOMP_SYSCALL_ALLOW=brk:exit_group:getrandom:newfstatat:write\n');
  const enforced = await installed(['enforce', '--db', db, '--exe', 'hello', '--', hello]);
  expect(enforced, enforced.stderr).toMatchObject({ code: 0, stdout: 'Hello, world!\n' });
});

test('systemd finds the listener where it finds profiler', async () => {
  expect((await run(join(prefix, 'bin/audit-listen'), ['--help'])).stdout).toMatch(/^usage: audit-listen /);
});

test('the tarball carries what runs and nothing of the tests', () => {
  const files = readdirSync(join(prefix, 'lib/node_modules/profiler'), { recursive: true, encoding: 'utf8' });
  for (const part of ['libsandbox.so', 'sandboxify', 'audit-listen', 'notify', 'session-run']) {
    expect(files).toContain(join('native/build', part));
  }
  const units = ['profiler.service', 'profiler-listen.socket', 'profiler-listen.service', 'profiler-prune.timer'];
  for (const part of ['install', ...units, 'profiler.toml', 'sysusers.conf']) {
    expect(files).toContain(join('systemd', part));
  }
  expect(files.filter((file) => !file.startsWith('node_modules') && /(^|\/)test\/|\.tsx?$/.test(file))).toEqual([]);
});

function installed(args: readonly string[]): Promise<Ended> {
  return run(join(prefix, 'bin/profiler'), args);
}

/**
 * better-sqlite3 compiles for a minute where its prebuilt binary cannot be fetched; the set-up has done that once for this
 * checkout, so the installation is handed that binary the way a mirror of prebuilt ones would.
 */
function prebuilt(): string {
  const module = join(root, 'node_modules/better-sqlite3');
  const { version } = JSON.parse(readFileSync(join(module, 'package.json'), 'utf8')) as { version: string };
  const mirror = join(folder.path, 'prebuilt');
  mkdirSync(mirror);
  const name = `better-sqlite3-v${version}-node-v${process.versions.modules}-linux-${process.arch}.tar.gz`;
  execFileSync('tar', ['-czf', join(mirror, name), '-C', module, 'build/Release/better_sqlite3.node']);
  return mirror;
}
