import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build, NATIVE, profiler, run, scratch } from './cli.ts';

/**
 * The classic flow by hand, on the kernel's own log: a program under libsandbox.so in log mode, `dmesg | profiler import`,
 * `profiler suggest`. The kernel prints 10 records in 5 s by default and others share that: an attempt whose records were
 * suppressed must say so, and is then made again; what is never allowed is a short list that claims to be whole.
 */
const folder = scratch();
const LINE = 'SECCOMP_SYSCALL_ALLOW=brk:exit_group:getrandom:newfstatat:write\n';
const RATELIMIT_MS = 5500;
const ATTEMPTS = 8;
const logged = {
  ...process.env,
  LD_PRELOAD: join(NATIVE, 'libsandbox.so'),
  SECCOMP_SYSCALL_ALLOW: '',
  SECCOMP_DEFAULT_ACTION: 'log',
  SECCOMP_QUIET: '1',
};
let hello: string;
let busy: string;

beforeAll(() => {
  hello = build(folder.path, 'hello', 'native/examples/hello.c');
  const source = join(folder.path, 'busy.c');
  writeFileSync(source, '#include <unistd.h>\nint main(void) { for (int i = 0; i < 500; i++) getppid(); return 0; }\n');
  busy = join(folder.path, 'busy');
  execFileSync('gcc', ['-O2', '-o', busy, source]);
});
afterAll(() => folder.remove());

function dmesg(): string {
  return execFileSync('dmesg', { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}

/** A copy of its own for each attempt, so that records of another attempt cannot fill its holes. */
function copyOf(program: string, attempt: number): string {
  const directory = join(folder.path, String(attempt));
  mkdirSync(directory, { recursive: true });
  const copy = join(directory, 'program');
  copyFileSync(program, copy);
  return copy;
}

test('dmesg gives the list of hello, or says that it is not whole', async () => {
  for (let attempt = 1; ; attempt++) {
    const program = copyOf(hello, attempt);
    const db = join(folder.path, `${attempt}.db`);
    expect(await run(program, [], { env: logged })).toMatchObject({ code: 0, stdout: 'Hello, world!\n' });
    await sleep(300);
    const imported = await profiler(['import', '--db', db, '--trust', 'kernel', '-'], { input: dmesg() });
    expect(imported, imported.stderr).toMatchObject({ code: 0 });
    const words = ['suggest', '--db', db, '--exe', program, '--stage', 'preload'];
    const strict = await profiler([...words, '--strict']);
    // One run is never enough for --strict; that it is one is then all that speaks against it.
    if (/--strict: the evidence is thin: [^;]*$/.test(strict.stderr)) {
      const list = await profiler(words);
      expect(list.stdout).toBe(LINE);
      expect(list.stderr).toMatch(/5 calls for stage preload, from 1 run, \d+ records, 0 lost/);
      expect(list.stderr).toMatch(/put together from a log: --stage preload is your word/);
      const enforced = { ...process.env, LD_PRELOAD: logged.LD_PRELOAD, ...listOf(list.stdout) };
      expect(await run(program, [], { env: enforced })).toMatchObject({ code: 0, stdout: 'Hello, world!\n' });
      const twice = await profiler(['import', '--db', db, '--trust', 'kernel', '-'], { input: dmesg() });
      expect(twice.stderr).toMatch(/counted before/);
      const again = await profiler(words);
      expect(again.stderr.split('\n')[0]).toBe(list.stderr.split('\n')[0]);
      return;
    }
    expect(strict.code).toBe(3);
    expect(strict.stderr).toMatch(/nothing was seen|records are missing|not known to be complete/);
    expect(attempt, `the kernel's log was too busy: ${strict.stderr}`).toBeLessThan(ATTEMPTS);
    await sleep(RATELIMIT_MS);
  }
});

test('a log that the kernel thinned out is said to be lossy', async () => {
  for (let attempt = 101; ; attempt++) {
    const program = copyOf(busy, attempt);
    const db = join(folder.path, `${attempt}.db`);
    expect(await run(program, [], { env: logged })).toMatchObject({ code: 0 });
    // The kernel says how many it suppressed only when it prints the next one, after the interval.
    await sleep(RATELIMIT_MS);
    await run(hello, [], { env: logged });
    await sleep(300);
    await profiler(['import', '--db', db, '--trust', 'kernel', '-'], { input: dmesg() });
    const told = await profiler(['suggest', '--db', db, '--exe', program, '--stage', 'preload']);
    if (told.code === 0) {
      const [, lost] = /at most (\d+) lost/.exec(told.stderr) ?? [];
      expect(Number(lost), told.stderr).toBeGreaterThan(400);
      expect(told.stderr).toMatch(/warning: records are missing, so the list may be too short/);
      expect(await profiler(['suggest', '--db', db, '--exe', program, '--strict'])).toMatchObject({
        code: 3,
        stdout: '',
      });
      return;
    }
    expect(told.stderr).toMatch(/nothing was seen/);
    expect(attempt, `the kernel's log was too busy: ${told.stderr}`).toBeLessThan(100 + ATTEMPTS);
  }
});

test('what observe counted from netlink, dmesg does not count again', async () => {
  const db = join(folder.path, 'once.db');
  const observed = await profiler(['observe', '--db', db, '--', hello]);
  expect(observed, observed.stderr).toMatchObject({ code: 0, stdout: 'Hello, world!\n' });
  const runsOf = async () => (await profiler(['runs', '--db', db, '--exe', hello, '--json'])).stdout;
  const before = await runsOf();
  expect(JSON.parse(before)).toMatchObject({ runs: [{ kind: 'observed', calls: 5 }] });
  const imported = await profiler(['import', '--db', db, '--trust', 'kernel', '-'], { input: dmesg() });
  expect(imported, imported.stderr).toMatchObject({ code: 0 });
  expect(observedRuns(await runsOf())).toEqual(observedRuns(before));
});

function observedRuns(json: string): unknown[] {
  return (JSON.parse(json) as { runs: { kind: string }[] }).runs.filter((one) => one.kind === 'observed');
}

function listOf(line: string): NodeJS.ProcessEnv {
  const [name = '', value = ''] = line.trimEnd().split('=');
  return { [name]: value };
}
