import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { build, NATIVE, profiler, run, scratch } from './cli.ts';

const folder = scratch();
const db = `${folder.path}/status.db`;
afterAll(() => folder.remove());

const ours = { LD_PRELOAD: `${NATIVE}/libsandbox.so`, SECCOMP_SYSCALL_DENY: 'reboot', SECCOMP_QUIET: '1' };

describe('of a process', () => {
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill('SIGKILL'));

  /** Starts a program that prints a line when it is ready. */
  async function started(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
    child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
    if (child.stdout) await once(child.stdout, 'data');
    return String(child.pid);
  }

  const WAITS = ['-c', 'echo; read -r line'];

  test('under our filter: on, ours, exit 0', async () => {
    const pid = await started('/bin/sh', WAITS, ours);
    const { code, stdout, stderr } = await profiler(['status', '--pid', pid]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      new RegExp(`^process ${pid} \\(/usr/bin/dash\\): a filter is on in its one thread\n {2}no_new_privs: yes\n`),
    );
    expect(stdout).toMatch(/^ {2}filters: 1\n {2}filter 0: ours, \d+ instructions, default action kill$/m);
  });

  test('under two filters: both are told', async () => {
    const again = `LD_PRELOAD=$LIBRARY SECCOMP_SYSCALL_DENY=kexec_load SECCOMP_QUIET=1 exec /bin/sh -c 'echo; read -r line'`;
    const pid = await started('/bin/sh', ['-c', again], { ...ours, LIBRARY: ours.LD_PRELOAD });
    const { code, stdout } = await profiler(['status', '--json', '--pid', pid]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      filtered: true,
      filters: [{ ours: true }, { ours: true }],
      threads: [{ mode: 2, filters: 2 }],
    });
  });

  test("under another's filter: on, not ours", async () => {
    const foreign = build(folder.path, 'foreign-filter', 'test/live/programs/foreign-filter.c', ['-pthread']);
    const pid = await started(foreign, ['all']);
    const { code, stdout } = await profiler(['status', '--pid', pid]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/filter 0: not ours/);
  });

  test('with a thread that has none: exit 1, and the thread is named', async () => {
    const foreign = build(folder.path, 'foreign-filter', 'test/live/programs/foreign-filter.c', ['-pthread']);
    const pid = await started(foreign, ['one']);
    const { code, stdout } = await profiler(['status', '--pid', pid]);
    expect(code).toBe(1);
    expect(stdout).toContain('no filter in 1 of 2 threads');
    expect(stdout).toMatch(/^ {2}thread \d+ \(bare-thread\) has none$/m);
    expect(stdout).toContain('no_new_privs: in 1 of 2 threads');
  });

  test('without: exit 1', async () => {
    const pid = await started('/bin/sh', WAITS);
    const { code, stdout } = await profiler(['status', '--pid', pid]);
    expect(code).toBe(1);
    expect(stdout).toContain('no filter in 1 of 1 thread');
  });

  test('where the filters may not be read, it says why and claims nothing', async () => {
    const pid = await started('/bin/sh', WAITS, ours);
    const { code, stdout } = await run('setpriv', [
      '--bounding-set=-all',
      '--inh-caps=-all',
      process.execPath,
      'dist/cli/bin.js',
      'status',
      '--pid',
      pid,
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/filters: 1; whose cannot be told: .*(not permitted|denied)/);
  });

  test.for([
    { pid: '4194305', code: 3, told: 'there is no process 4194305' },
    { pid: '0', code: 2, told: '--pid: want a process id' },
    { pid: '1.5', code: 2, told: '--pid: want a process id' },
    { pid: 'init', code: 2, told: '--pid: want a number' },
  ])('$pid: exit $code', async ({ pid, code, told }) => {
    const ended = await profiler(['status', '--pid', pid]);
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toContain(told);
  });
});

describe('of the database', () => {
  beforeAll(async () => {
    const hello = build(folder.path, 'hello', 'native/examples/hello.c');
    for (const name of ['first', 'second']) {
      await profiler(['observe', '--db', db, '--name', name, '--', hello]);
    }
  });

  test('is figures, exit 0', async () => {
    const { code, stdout, stderr } = await profiler(['status', '--db', db]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^ {2}programs +1$/m);
    expect(stdout).toMatch(
      /^ {2}runs +2 observed \(2 complete, 0 incomplete, 0 with known calls allowed\), 0 inferred$/m,
    );
    expect(stdout).toMatch(/^ {2}records +12 \(kernel 12\)$/m);
    expect(stdout).toMatch(/^ {2}lost +0$/m);
    expect(stdout).toMatch(/^ {2}newest +run 2, .*\/hello, 20/m);
  });

  test('is JSON where asked', async () => {
    const { stdout } = await profiler(['status', '--json', '--db', db]);
    expect(JSON.parse(stdout)).toMatchObject({
      database: db,
      programs: 1,
      runs: { observed: 2, complete: 2, incomplete: 0, known: 0, inferred: 0 },
      records: { kernel: 12, file: 0, forgeable: 0 },
      lost: { records: 0, ofUnknownSize: 0 },
      newest: { id: 2, name: 'second' },
    });
  });

  test('that is not there yet is no fault', async () => {
    const none = `${folder.path}/none.db`;
    expect(await profiler(['status', '--db', none])).toMatchObject({
      code: 0,
      stdout: `${none}: not there yet: nothing was observed or imported\n`,
    });
  });
});
