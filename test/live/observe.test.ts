import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { syscallName } from '../../src/kernel/abi.ts';
import { openStore } from '../../src/store/open.ts';
import type { Run, RunLoss, RunTally } from '../../src/store/store.ts';
import { build, type Ended, profiler, run, scratch } from './cli.ts';

/** Observing on the real kernel: complete, exact, and what passes through. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BIN = join(ROOT, 'dist/cli/bin.js');
const folder = scratch();
let count = 0;
let programs: Record<'hello' | 'static' | 'burst' | 'leave' | 'narrow' | 'interrupts', string>;

beforeAll(() => {
  const live = (name: string): string => build(folder.path, name, `test/live/programs/${name}.c`);
  programs = {
    hello: build(folder.path, 'hello', 'native/examples/hello.c'),
    static: build(folder.path, 'hello-static', 'native/examples/hello.c', ['-static']),
    burst: live('burst'),
    leave: live('leave'),
    narrow: live('narrow'),
    interrupts: live('interrupts'),
  };
});
afterAll(() => folder.remove());

/** A database of the test's own. */
function database(): string {
  count += 1;
  return join(folder.path, `${count}.db`);
}

interface Stored {
  readonly runs: readonly Run[];
  readonly tallies: readonly RunTally[];
  readonly losses: readonly RunLoss[];
}

function stored(db: string): Stored {
  const store = openStore(db, { readonly: true });
  try {
    const runs = store.runs({});
    const ids = runs.map(({ id }) => id);
    return { runs, tallies: store.tallies(ids), losses: store.losses(ids) };
  } finally {
    store.close();
  }
}

function names({ tallies }: Stored): Set<string> {
  return new Set(tallies.map(({ archToken, nr }) => syscallName(archToken, nr) ?? String(nr)));
}

function observe(db: string, ...words: readonly string[]): Promise<Ended> {
  return profiler(['observe', '--db', db, ...words]);
}

const RARE = (
  'getpid getuid getgid geteuid getegid getpgid getsid getgroups getresuid getresgid getpriority sched_getparam ' +
  'sched_getscheduler sched_get_priority_max sched_get_priority_min gettid umask times sysinfo getcwd'
).split(' ');

describe('complete', () => {
  test('100,000 calls with 20 rare ones among them: all 20 learned, 0 lost', async () => {
    const db = database();
    const ended = await observe(db, '--', programs.burst, '100000');
    expect(ended, ended.stderr).toMatchObject({ code: 0, stdout: 'done\n' });
    expect(ended.stderr).toMatch(
      /^observed .*: 23 calls, 100022 records, 0 lost, run 1 complete \(preload, session \d+\)\n$/,
    );
    const found = stored(db);
    expect([...names(found)]).toEqual(expect.arrayContaining(RARE));
    expect(found.tallies.find(({ nr }) => nr === 110)?.count).toBe(100_000);
    expect(found.runs[0]).toMatchObject({ records: 100_022, lost: 0, end: { complete: true, exitCode: 0 } });
  });

  test('a static program is observed from its first instruction', async () => {
    const db = database();
    const ended = await observe(db, '--', programs.static);
    expect(ended.stderr).toMatch(/0 lost, run 1 complete \(launcher, session \d+\)/);
    expect(stored(db).runs[0]).toMatchObject({ stage: 'launcher', libc: undefined });
  });

  test('a dynamic one after its loader, or with --stage launcher before it', async () => {
    const db = database();
    await observe(db, '--', programs.hello);
    await observe(db, '--stage', 'launcher', '--name', 'early', '--', programs.hello);
    const { runs, tallies } = stored(db);
    expect(runs.map(({ stage, name }) => [stage, name])).toEqual([
      ['launcher', 'early'],
      ['preload', undefined],
    ]);
    const calls = (id: number): number => tallies.filter(({ runId }) => runId === id).length;
    expect(calls(1)).toBe(5);
    expect(calls(2)).toBeGreaterThan(10);
  });

  test('what runs is stored with it', async () => {
    const db = database();
    await observe(db, '--name', 'first', '--', programs.hello, 'one word', 'two\u001b[2J');
    const [found] = stored(db).runs;
    expect(found).toMatchObject({
      kind: 'observed',
      mode: 'full',
      name: 'first',
      exe: programs.hello,
      argv: [programs.hello, 'one word', 'two\\x1b[2J'],
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
      buildId: expect.stringMatching(/^[0-9a-f]{40}$/) as unknown,
      libc: expect.stringMatching(/^glibc 2\.\d+$/) as unknown,
      uid: 0,
    });
  });
});

describe('passes through', () => {
  test.for([
    { what: 'an exit code', command: ['sh', '-c', 'exit 7'], wanted: { code: 7, signal: null } },
    { what: 'a signal', command: ['sh', '-c', 'kill -TERM $$'], wanted: { code: null, signal: 'SIGTERM' } },
    { what: 'output', command: ['sh', '-c', 'echo out; echo err >&2'], wanted: { code: 0, stdout: 'out\n' } },
    { what: 'that there is no program', command: ['/nowhere/hello'], wanted: { code: 127 } },
    { what: 'that it cannot be run', command: ['/etc/passwd'], wanted: { code: 126 } },
  ])('$what', async ({ command, wanted }) => {
    expect(await observe(database(), '--', ...command)).toMatchObject(wanted);
  });

  test('input', async () => {
    const ended = await profiler(['observe', '--db', database(), '--', 'cat'], { input: 'in and out\n' });
    expect(ended).toMatchObject({ code: 0, stdout: 'in and out\n' });
  });

  test('a signal to profiler, to the program', async () => {
    const loop = 'trap "exit 9" USR1; echo ready; while :; do sleep 0.02; done';
    const { child, ended } = start(database(), ['sh', '-c', loop]);
    await once(child.stdout, 'data');
    child.kill('SIGUSR1');
    expect(await ended).toMatchObject({ code: 9 });
  });

  test('an interrupt that is typed, once', async () => {
    // script(1) gives a terminal; what comes on its input is typed there. `exec`: a shell in between might die of the interrupt itself.
    const command = `exec ${process.execPath} ${BIN} observe --db ${database()} -- ${programs.interrupts}`;
    const typist = spawn('/usr/bin/script', ['-qec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
    let screen = '';
    typist.stdout.on('data', (chunk: Buffer) => {
      if (!screen.includes('ready') && `${screen}${chunk.toString()}`.includes('ready')) typist.stdin.write('\u0003');
      screen += chunk.toString();
    });
    const [code] = (await once(typist, 'close')) as [number];
    expect(screen).toMatch(/interrupts: 1\r\n/);
    expect(screen).toMatch(/run 1 complete/);
    expect(code).toBe(5);
  });

  test('nothing is drawn over it: progress is shown only where its output goes elsewhere', async () => {
    const command = `${process.execPath} ${BIN} observe --db ${database()} -- sh -c "echo out; sleep 2.2"`;
    const [elsewhere, here] = await Promise.all([
      run('/usr/bin/script', ['-qec', `${command} > /dev/null`, '/dev/null']),
      run('/usr/bin/script', ['-qec', command.replace(/--db \S+/, `--db ${database()}`), '/dev/null']),
    ]);
    expect(elsewhere.stdout.split('\r\u001b[K').at(-2)).toMatch(/^run 1: \d+ calls, \d+ records$/);
    expect(elsewhere.stdout.split('\r\u001b[K').at(-1)).toMatch(/^observed .* complete/);
    expect(here.stdout).toMatch(/^out\r\nobserved .* complete \(preload, session \d+\)\r\n$/);
  });

  test('the environment, without what the filter needs', async () => {
    const env = { ...process.env, MINE: 'yes', SECCOMP_DEFAULT_ACTION: 'kill' };
    const ended = await profiler(['observe', '--db', database(), '--', 'env'], { env });
    expect(ended.stdout).toMatch(/^MINE=yes$/m);
    expect(ended.stdout).not.toMatch(/SECCOMP_|LD_PRELOAD/);
  });

  test('--user: the user and its groups', async () => {
    const db = database();
    const ended = await observe(db, '--user', 'nobody', '--', 'sh', '-c', 'id -un; id -Gn; echo $HOME $USER');
    expect(ended.stdout).toBe('nobody\nnogroup\n/nonexistent nobody\n');
    expect(stored(db).runs[0]).toMatchObject({ uid: 65534 });
    expect(await observe(db, '--user', 'no such user', '--', 'id')).toMatchObject({ code: 125 });
  });
});

/** A run that goes on while the test looks at it. */
function start(
  db: string,
  command: readonly string[],
): { child: ReturnType<typeof spawnPiped>; ended: Promise<Ended> } {
  const child = spawnPiped(['observe', '--db', db, '--', ...command]);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    stdout,
    stderr,
  }));
  return { child, ended };
}

function spawnPiped(words: readonly string[]) {
  return spawn(process.execPath, [BIN, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The child of a process that bears a name. */
function childOf(parent: number, comm: string): number {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'latin1') : '';
    if (stat.startsWith(`${pid} (${comm}) `) && Number(stat.split(') ')[1]?.split(' ')[1]) === parent)
      return Number(pid);
  }
  throw new Error(`process ${parent} has no child ${comm}`);
}

describe('descendants', () => {
  test.for(['once', 'double'])('a child that opens a session of its own is followed (%s)', async (how) => {
    const db = database();
    const ended = await observe(db, '--', programs.leave, how);
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    expect(ended.stderr).toMatch(
      /followed into session \d+, which a descendant opened \((the same process|process tree)\)/,
    );
    const found = stored(db);
    expect(names(found)).toContain('getpriority');
    expect(names(found).has('sched_yield')).toBe(how === 'double');
    expect(found.runs[0]?.sessions).toHaveLength(2);
    expect(found.runs[0]?.lost).toBe(0);
  });

  test('with known calls allowed it is followed by the process tree, or reported', async () => {
    const db = database();
    await observe(db, '--', programs.leave, 'slow');
    const slow = await observe(db, '--known', '--', programs.leave, 'slow');
    expect(slow.stderr).toMatch(
      /: 0 new calls, .*\n {2}followed into session \d+, which a descendant opened \(process tree\)\n/,
    );
    const quick = await observe(db, '--known', '--', programs.leave, 'new');
    const learned = names(stored(db)).has('sched_getscheduler');
    expect(quick.stderr).toMatch(
      learned
        ? /1 new call.*\n {2}followed into/
        : /may have left the session: 1 record of session \d+.*leave\), not counted/,
    );
  });

  test('all are waited for, or with --wait main only the program', async () => {
    const command = ['sh', '-c', '(sleep 0.7; umask 022) >/dev/null 2>&1 & exit 3'];
    const db = database();
    const all = await observe(db, '--', ...command);
    expect(all).toMatchObject({ code: 3 });
    expect(names(stored(db))).toContain('umask');
    const main = await observe(database(), '--wait', 'main', '--', ...command);
    expect(main).toMatchObject({ code: 3 });
    expect(main.stderr).toMatch(
      /run 1 complete .*\n {2}\d descendants? still ran: what they call from now on is not learned\n/,
    );
  });

  test('where no session may be opened, records are told by process, and it is said', async () => {
    const db = database();
    const drop =
      'echo 0 > /proc/self/loginuid && exec setpriv --bounding-set -audit_control --inh-caps -audit_control "$@"';
    const command = [process.execPath, BIN, 'observe', '--db', db, '--', 'sh', '-c', '/bin/true; sleep 0.1'];
    const ended = await run('sh', ['-c', drop, 'sh', ...command]);
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    expect(ended.stderr).toMatch(/run 1 complete \(preload, no session\)/);
    expect(ended.stderr).toMatch(
      /no audit session of its own \(EPERM\): .* [123] of 3 processes are known to be descendants/,
    );
    const found = stored(db);
    expect(new Set(found.tallies.map(({ exe }) => exe))).toEqual(
      new Set(['/usr/bin/dash', '/usr/bin/true', '/usr/bin/sleep']),
    );
    expect(found.runs[0]).toMatchObject({ ses: undefined, end: { complete: true } });
  });
});

test('in a pid namespace of its own a run is told by its session all the same', async () => {
  const db = database();
  const command = [process.execPath, BIN, 'observe', '--db', db, '--', 'sh', '-c', 'umask 022; exit 4'];
  const ended = await run('unshare', ['--pid', '--fork', '--kill-child', '--mount-proc', ...command]);
  expect(ended, ended.stderr).toMatchObject({ code: 4 });
  expect(ended.stderr).toMatch(
    /0 lost, run 1 complete \(preload, session \d+\)\n {2}the kernel's lost counter cannot be read \(EPERM\)/,
  );
  expect(names(stored(db))).toContain('umask');
});

describe('without a filter', () => {
  test('a user who cannot reach libsandbox.so: the run is no evidence, and that is said', async () => {
    // An installation of our own below a folder that only root can enter.
    const root = join(folder.path, 'closed');
    mkdirSync(root, { mode: 0o700 });
    for (const part of ['migrations', 'package.json', 'node_modules']) symlinkSync(join(ROOT, part), join(root, part));
    for (const part of ['dist', 'native/build'])
      cpSync(join(ROOT, part), join(root, part), { recursive: true, filter: isPart });
    const db = database();
    const bin = join(root, 'dist/cli/bin.js');
    const ended = await run(process.execPath, [bin, 'observe', '--db', db, '--user', 'nobody', '--', '/bin/true']);
    expect(ended.stderr).toMatch(/libsandbox\.so.* cannot be preloaded/);
    expect(ended.stderr).toMatch(/run 1 incomplete: no call of the program was logged: it ran without its filter/);
    expect(stored(db).runs[0]?.end?.complete).toBe(false);
  });
});

test('without the part that filters, CMD is not run: found before', async () => {
  const root = join(folder.path, 'partial');
  mkdirSync(join(root, 'native'), { recursive: true });
  for (const part of ['migrations', 'package.json', 'node_modules']) symlinkSync(join(ROOT, part), join(root, part));
  for (const part of ['dist', 'native/build'])
    cpSync(join(ROOT, part), join(root, part), { recursive: true, filter: isPart });
  for (const part of ['libsandbox.so', 'sandboxify']) rmSync(join(root, 'native/build', part));
  const db = database();
  for (const [stage, part] of [
    ['preload', 'libsandbox.so'],
    ['launcher', 'sandboxify'],
  ] as const) {
    const words = [join(root, 'dist/cli/bin.js'), 'observe', '--db', db, '--stage', stage, '--', programs.hello];
    const ended = await run(process.execPath, words);
    expect(ended, ended.stderr).toMatchObject({ code: 125, stdout: '' });
    expect(ended.stderr).toMatch(new RegExp(`hello needs .*/${part}: ENOENT.*; build it`));
  }
  expect(existsSync(db) ? stored(db).runs : []).toEqual([]);
});

test('CMD that execve refuses, though it looked well, ends in 126 and an incomplete run', async () => {
  const file = join(folder.path, 'busy');
  copyFileSync(programs.hello, file);
  const writer = openSync(file, 'r+');
  const db = database();
  try {
    for (let round = 0; round < 3; round++) {
      const ended = await observe(db, '--', file);
      expect(ended, ended.stderr).toMatchObject({ code: 126, stdout: '' });
      expect(ended.stderr).toMatch(/busy: cannot be started: ETXTBSY\n$/);
    }
  } finally {
    closeSync(writer);
  }
  expect(stored(db).runs.map((one) => one.end?.complete)).toEqual([false, false, false]);
});

/** The finished parts of native/build alone, without what they were made of. */
function isPart(path: string): boolean {
  return !/native\/build\/(obj|asan|free|analyze|test|targets)(\/|$)/.test(path);
}

describe('again', () => {
  test('--repeat runs so often; every run is stored', async () => {
    const db = database();
    const ended = await observe(db, '--repeat', '3', '--', programs.hello);
    expect(ended.stdout).toBe('Hello, world!\n'.repeat(3));
    expect(ended.stderr.match(/5 calls, .* 0 lost/g)).toHaveLength(3);
    expect(stored(db).runs.map(({ mode, end }) => [mode, end?.newCalls])).toEqual([
      ['full', 0],
      ['full', 0],
      ['full', 5],
    ]);
  });

  test('--until-quiet ends after so many runs without a new call; known ones cost no record', async () => {
    const db = database();
    const witness = join(folder.path, 'second-time');
    const script = `if [ -e ${witness} ]; then umask -S; else : > ${witness}; fi`;
    const ended = await observe(db, '--json', '--until-quiet', '2', '--', 'sh', '-c', script);
    const told = JSON.parse(ended.stderr) as {
      quiet: boolean;
      runs: { mode: string; newCalls: number; records: number }[];
    };
    expect(told.quiet).toBe(true);
    const { runs } = told;
    expect(runs.map(({ mode }) => mode)).toEqual(['full', ...runs.slice(1).map(() => 'known')]);
    expect(runs[1]?.newCalls).toBeGreaterThan(0);
    expect(runs.slice(-2).map(({ newCalls }) => newCalls)).toEqual([0, 0]);
    expect(runs.at(-1)?.records).toBe(0);
    expect(runs[0]?.records).toBeGreaterThan(20);
  });

  test('--max-runs is the cap, and said', async () => {
    const ended = await observe(database(), '--until-quiet', '5', '--max-runs', '2', '--', programs.hello);
    expect(ended.stderr).toMatch(/not quiet after 2 runs\n$/);
  });
});

describe('interrupted', () => {
  test('a killed observer leaves its run incomplete and the program running', async () => {
    const db = database();
    const witness = join(folder.path, 'witness');
    const { child, ended } = start(db, ['sh', '-c', `echo ready; sleep 0.8; echo done > ${witness}`]);
    await once(child.stdout, 'data');
    await new Promise((resolve) => setTimeout(resolve, 400));
    child.kill('SIGKILL');
    expect(await ended).toMatchObject({ signal: 'SIGKILL' });
    while (!existsSync(witness)) await new Promise((resolve) => setTimeout(resolve, 20));
    const { runs } = stored(db);
    expect(runs[0]).toMatchObject({ id: 1, end: undefined });
    expect(runs[0]?.records).toBeGreaterThan(0);
  });

  test('a killed listener leaves its run incomplete; the program ends as it would', async () => {
    const db = database();
    const { child, ended } = start(db, ['sh', '-c', 'echo ready; sleep 0.3; exit 6']);
    await once(child.stdout, 'data');
    process.kill(childOf(child.pid ?? 0, 'audit-listen'), 'SIGKILL');
    const { code, stderr } = await ended;
    expect(code).toBe(6);
    expect(stderr).toMatch(/run 1 incomplete: the listener ended: audit-listen ended with SIGKILL/);
    expect(stored(db).runs[0]?.end).toMatchObject({ complete: false, exitCode: 6 });
  });

  test('a killed session-run leaves its run incomplete', async () => {
    const db = database();
    const { child, ended } = start(db, ['sh', '-c', 'echo ready; sleep 0.3']);
    await once(child.stdout, 'data');
    process.kill(childOf(child.pid ?? 0, 'session-run'), 'SIGKILL');
    expect(await ended).toMatchObject({
      code: 125,
      stderr: expect.stringMatching(/session-run ended with SIGKILL/) as unknown,
    });
    expect(stored(db).runs[0]?.end).toMatchObject({ complete: false });
  });
});
