import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../../src/store/open.ts';
import { NO_BATCH, newRun, newTally, temporary } from '../../store/helpers.ts';
import { profiler } from '../context.ts';

const HELLO = [262, 318, 12, 1, 231];

function observed(stage: 'preload' | 'launcher' = 'preload') {
  const db = join(temporary(), 'p.db');
  const store = openStore(db);
  const runId = store.beginRun(newRun({ stage, argv: ['./hello', 'a b'] }));
  store.append({ ...NO_BATCH, tallies: HELLO.map((nr) => newTally({ runId, nr })) });
  store.endRun(runId, { endedMs: 9, complete: true, why: undefined, exitCode: 0, exitSignal: undefined, newCalls: 5 });
  store.close();
  const run = (command: string, ...words: readonly string[]) =>
    profiler([command, '--db', db, '--exe', 'hello', ...words]);
  return { db, run };
}

test('a call is allowed and denied by hand, with who and why, and taken back', async () => {
  const { run } = observed();
  expect(await run('allow', 'ptrace', '--why', 'crash handler')).toMatchObject({
    outcome: 0,
    stderr: '/opt/hello: allowed by hand: ptrace\n',
  });
  expect(await run('deny', 'brk', 'bpf', '--why', 'not\u001b[31m wanted')).toMatchObject({ outcome: 0 });
  const list = await run('suggest');
  expect(list.stdout).toBe('SECCOMP_SYSCALL_ALLOW=exit_group:getrandom:newfstatat:ptrace:write\n');
  expect(list.stderr).toMatch(/^allowed by hand: ptrace \(\S+, \d{4}-\d\d-\d\d: crash handler\)$/m);
  expect(list.stderr).toMatch(
    /^warning: denied by hand: brk \(.*: not\\x1b\[31m wanted\); 1 run made it, and will be killed there$/m,
  );
  expect(list.stderr).toMatch(/^denied by hand: bpf \(.*\)$/m);
  expect((await run('explain', 'ptrace')).stdout).toMatch(
    /^ptrace {2}allowed by hand by .*: crash handler\n.*dangerous: /,
  );
  expect((await run('explain', 'brk')).stdout).toMatch(/^brk: not on the list: \S+ denied it by hand: not/);
  expect(await run('allow', '--remove', 'brk')).toMatchObject({
    outcome: 3,
    stderr: expect.stringContaining('nobody said allow of brk'),
  });
  expect(await run('deny', '--remove', 'brk', 'bpf')).toMatchObject({
    stderr: '/opt/hello: no longer denied by hand: bpf, brk\n',
  });
  expect(await run('allow', '--remove', 'ptrace')).toMatchObject({ outcome: 0 });
  expect((await run('suggest')).stdout).toBe('SECCOMP_SYSCALL_ALLOW=brk:exit_group:getrandom:newfstatat:write\n');
});

test.for([
  { words: ['allow', 'wriet', '--why', 'x'], outcome: 2, told: 'wriet: want a system call' },
  { words: ['allow', '1024', '--why', 'x'], outcome: 2, told: '1024: want a system call' },
  { words: ['deny', 'write'], outcome: 2, told: 'want --why' },
  { words: ['deny', '--why', 'x'], outcome: 2, told: 'want CALL' },
  { words: ['deny', '--remove', 'write'], outcome: 3, told: 'nobody said deny of write' },
])('$words is refused', async ({ words: [command = '', ...words], outcome, told }) => {
  const { run } = observed();
  expect(await run(command, ...words)).toMatchObject({ outcome, stderr: expect.stringContaining(told) });
});

test('words survive pruning, go with an export, and on meeting a denial counts', async () => {
  const [a, b] = [observed(), observed()];
  await a.run('deny', 'brk', '--why', 'never');
  await a.run('allow', 'bpf', '--why', 'old');
  await b.run('allow', 'brk', '--why', 'later');
  const file = join(temporary(), 'a.ndjson');
  expect(await profiler(['export', '--db', a.db, file])).toMatchObject({ outcome: 0 });
  expect(await profiler(['import', '--db', b.db, file])).toMatchObject({ outcome: 0 });
  const both = await b.run('suggest');
  expect(both.stdout).toBe('SECCOMP_SYSCALL_ALLOW=bpf:exit_group:getrandom:newfstatat:write\n');
  await profiler(['prune', '--db', a.db, '--older-than', '0d', '--all']);
  const store = openStore(a.db);
  expect(store.decisions().map(({ exe, call, verdict, why }) => [exe, call, verdict, why])).toEqual([
    ['/opt/hello', 'bpf', 'allow', 'old'],
    ['/opt/hello', 'brk', 'deny', 'never'],
  ]);
  store.close();
  const piped = join(temporary(), 'c.db');
  const { stdout } = await profiler(['export', '--db', b.db]);
  await profiler(['import', '--db', piped, '-'], { input: stdout });
  const forged = openStore(piped);
  expect(forged.decisions()).toEqual([]);
  forged.close();
});

test('a point that needs the whole start refuses evidence of after the loader, and says how to get it', async () => {
  const { db, run } = observed();
  for (const point of ['systemd', 'oci', 'minijail', 'launcher']) {
    expect(await run('suggest', '--point', point)).toEqual({
      outcome: 3,
      stdout: '',
      stderr: `profiler: /opt/hello: point ${point} takes what was seen from execve on, and no run of stage launcher is stored: observe it by: profiler observe --db ${db} --stage launcher -- /opt/hello 'a b'\n`,
    });
  }
  expect((await run('suggest', '--point', 'preload')).outcome).toBe(0);
  const launched = await observed('launcher').run('suggest', '--point', 'oci');
  expect(launched.stdout).toMatch(/:execve:/);
  expect(launched.stderr).toMatch(/^\/opt\/hello: 14 calls for point oci/);
  expect(launched.stderr).toMatch(/^point oci adds .*execve.*: crun 1\.8\.1 or runc 1\.1\.5/m);
});

test('a closure is asked for, or by the environment, and always told', async () => {
  const { db, run } = observed();
  const none = await run('suggest');
  expect(none.stderr).toMatch(
    /^\d+ more calls that an ordinary run may need: .*tgkill \(abort\).*; --closure libc adds them$/m,
  );
  const libc = await run('suggest', '--closure', 'libc');
  expect(libc.stdout).toMatch(/:tgkill:/);
  expect(libc.stderr).toMatch(/^closure libc adds \d+ calls that an ordinary run may need: .*getpid.*\(abort\)/m);
  const words = ['suggest', '--db', db, '--exe', 'hello'];
  expect((await profiler(words, { env: { PROFILER_CLOSURE: 'libc' } })).stdout).toBe(libc.stdout);
  expect(await profiler(words, { env: { PROFILER_CLOSURE: 'all' } })).toMatchObject({
    outcome: 2,
    stderr: expect.stringContaining('PROFILER_CLOSURE=all: want none, libc, portable'),
  });
  const arm = await run('suggest', '--closure', 'portable', '--abi', 'aarch64');
  expect(arm.stderr).toMatch(/^warning: seen on x86_64 and translated to aarch64/m);
  expect(arm.stdout).toMatch(/[=:]newfstatat:/);
  expect((await run('suggest', '--abi', 'aarch64')).outcome).toBe(3);
});

test('explain says why each call is there, and of one that is not, why not', async () => {
  const { run } = observed();
  const { stdout, outcome } = await run('explain');
  expect(outcome).toBe(0);
  expect(stdout).toMatch(/^brk {9}seen once, in 1 of 1 runs, .*, serial \d+, by hello$/m);
  expect(stdout).toMatch(/what no run has tried:\n {2}one run only/);
  expect((await run('explain', 'tgkill')).stdout).toMatch(
    /^tgkill: not on the list: it was not seen; --closure libc would add it: abort/,
  );
  expect((await run('explain', 'mount')).stdout).toBe('mount: not on the list: no run made it\n');
  const json = JSON.parse((await run('explain', 'brk', '--json')).stdout) as object;
  expect(json).toMatchObject({
    schema: 1,
    policy: { exe: '/opt/hello', point: 'preload', closure: 'none' },
    confidence: { grade: 'thin', runs: 1, runsToNext: 8 },
    calls: [{ rule: { name: 'brk', reason: { kind: 'observed' } }, places: [] }],
  });
});
