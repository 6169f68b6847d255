import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build, NATIVE, profiler, run, scratch } from './cli.ts';
import { straced } from './strace.ts';

/**
 * The promise of the project on the real kernel: what is learned is what strace sees, what is learned is enough,
 * and (for hello) nothing of it can be left out.
 */
const folder = scratch();
const db = `${folder.path}/proof.db`;
let programs: Record<'hello' | 'static' | 'threads' | 'signals', string>;

beforeAll(() => {
  programs = {
    hello: build(folder.path, 'hello', 'native/examples/hello.c'),
    static: build(folder.path, 'hello-static', 'native/examples/hello.c', ['-static']),
    threads: build(folder.path, 'threads', 'test/live/programs/threads.c', ['-pthread']),
    signals: build(folder.path, 'signals', 'test/live/programs/signals.c'),
  };
});
afterAll(() => folder.remove());

interface Case {
  readonly what: string;
  readonly stage: 'preload' | 'launcher';
  readonly command: () => readonly string[];
  /** Programs whose calls depend on timing: the unions over this many runs are compared. */
  readonly runs: number;
}

const CASES: readonly Case[] = [
  { what: 'hello, dynamic', stage: 'preload', command: () => [programs.hello], runs: 1 },
  { what: 'hello, static', stage: 'launcher', command: () => [programs.static], runs: 1 },
  { what: 'a pipe of children', stage: 'preload', command: () => ['/bin/sh', '-c', 'ls /usr | wc -l'], runs: 10 },
  { what: 'threads', stage: 'preload', command: () => [programs.threads], runs: 10 },
  { what: 'signals', stage: 'preload', command: () => [programs.signals], runs: 10 },
  { what: 'python3', stage: 'preload', command: () => ['/usr/bin/python3', '-c', 'print(6 * 7)'], runs: 1 },
  {
    what: 'sqlite3',
    stage: 'preload',
    command: () => [
      '/usr/bin/sqlite3',
      `${folder.path}/t.db`,
      'create table if not exists t(a); insert into t values (1); select count(*) > 0 from t',
    ],
    runs: 1,
  },
];

describe.for(CASES)('$what ($stage)', ({ what, stage, command, runs }) => {
  const name = what.replaceAll(/\W+/g, '-');

  test('is learned as strace sees it, and runs the same enforced', async () => {
    const argv = command();
    const bare = await run(argv[0] ?? '', argv.slice(1));
    const observed = await profiler(['observe', '--db', db, '--name', name, '--repeat', String(runs), '--', ...argv]);
    expect(observed, observed.stderr).toMatchObject({ code: bare.code, signal: bare.signal });
    expect(observed.stderr).toMatch(/\b0 lost\b/);

    const seen = new Set<string>();
    for (let i = 0; i < runs; i += 1) for (const call of await straced(stage, argv, folder.path)) seen.add(call);
    expect([...(await suggested(name))].sort()).toEqual([...seen].sort());

    const enforced = await profiler(['enforce', '--db', db, '--name', name, '--', ...argv]);
    expect(enforced, enforced.stderr).toMatchObject({ code: bare.code, signal: bare.signal, stdout: bare.stdout });
  });
});

describe('minimal', () => {
  test('hello dies with SIGSYS whichever one call is taken out of its list', async () => {
    const calls = [...(await suggested('hello-dynamic'))];
    expect(calls).toHaveLength(5);
    for (const missing of calls) {
      const list = calls.filter((call) => call !== missing).join(':');
      const env = {
        ...process.env,
        LD_PRELOAD: `${NATIVE}/libsandbox.so`,
        SECCOMP_SYSCALL_ALLOW: list,
        SECCOMP_QUIET: '1',
      };
      const ended = await run(programs.hello, [], { env });
      expect({ missing, signal: ended.signal }).toEqual({ missing, signal: 'SIGSYS' });
    }
  });

  test('static hello dies with SIGSYS whichever one call is taken out of its list', async () => {
    const calls = [...(await suggested('hello-static'))];
    for (const missing of calls) {
      const list = calls.filter((call) => call !== missing).join(':');
      const env = { ...process.env, SECCOMP_SYSCALL_ALLOW: list, SECCOMP_QUIET: '1' };
      const ended = await run(`${NATIVE}/sandboxify`, [programs.static], { env });
      expect({ missing, signal: ended.signal }).toEqual({ missing, signal: 'SIGSYS' });
    }
  });
});

async function suggested(name: string): Promise<ReadonlySet<string>> {
  const { code, stdout, stderr } = await profiler(['suggest', '--db', db, '--name', name]);
  expect(code, stderr).toBe(0);
  const [, list = ''] = /^SECCOMP_SYSCALL_ALLOW=(.*)\n$/.exec(stdout) ?? [];
  return new Set(list.split(':'));
}
