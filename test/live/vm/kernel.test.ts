import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build, NATIVE, scratch } from '../cli.ts';
import { bootVm, type Vm } from './vm.ts';

/** The whole loop on a second kernel, Debian's, as it comes. */
const BIN = fileURLToPath(new URL('../../../dist/cli/bin.js', import.meta.url));
const PROFILER = `'${process.execPath}' '${BIN}'`;
const LIST = 'SECCOMP_SYSCALL_ALLOW=brk:exit_group:getrandom:newfstatat:write';
const folder = scratch();
let vm: Vm;
let hello: string;

beforeAll(async () => {
  hello = build(folder.path, 'hello', 'native/examples/hello.c');
  vm = await bootVm({ init: 'agent' });
}, 300_000);
afterAll(async () => {
  await vm?.end();
  folder.remove();
});

test('observe learns hello, suggest gives its list, enforce runs it, and nothing less is enough', async () => {
  const observed = await vm.run(`${PROFILER} observe --db /tmp/vm.db -- '${hello}'`);
  expect(observed, observed.stderr).toMatchObject({ code: 0, stdout: 'Hello, world!\n' });
  expect(observed.stderr).toMatch(/hello: 5 calls, 6 records, 0 lost, run 1 complete \(preload, session \d+\)\n$/);
  const suggested = await vm.run(`${PROFILER} suggest --db /tmp/vm.db --exe hello`);
  expect(suggested.stdout, suggested.stderr).toBe(`${LIST}\n`);
  const enforced = await vm.run(`${PROFILER} enforce --db /tmp/vm.db -- '${hello}'`);
  expect(enforced, enforced.stderr).toMatchObject({ code: 0, stdout: 'Hello, world!\n' });
  const fewer = LIST.replace(':write', '');
  const killed = await vm.run(`exec env LD_PRELOAD='${join(NATIVE, 'libsandbox.so')}' ${fewer} '${hello}'`);
  expect(killed).toMatchObject({ code: 159, stdout: '' });
}, 300_000);

test('what the kernel log’s rate limit takes is told', async () => {
  const burst = build(folder.path, 'burst', 'test/live/programs/burst.c');
  const observed = await vm.run(`${PROFILER} observe --db /tmp/kmsg.db --via kmsg -- '${burst}'`);
  expect(observed.stderr).toMatch(/at most \d+ lost/);
  expect(observed.stderr).toMatch(/lost \(suppressed\): \d+: kauditd_printk_skb: \d+ callbacks suppressed/);
}, 300_000);

test('programs and calls of i386, which not every kernel runs, are logged and killed there too', async () => {
  const root = fileURLToPath(new URL('../../../native/', import.meta.url));
  const targets = await vm.run(`bash '${root}test/sandboxify-targets' foreign`);
  expect(targets, targets.stdout + targets.stderr).toMatchObject({ code: 0 });
  const calls = await vm.run(`cd '${root}' && build/test/foreign-test`);
  expect(calls, calls.stdout + calls.stderr).toMatchObject({ code: 0 });
  for (const { stdout } of [targets, calls]) expect(stdout).not.toContain('# SKIP');
  expect(targets.stdout.match(/^ok /gm)?.length).toBeGreaterThanOrEqual(14);

  const small = `${root}build/targets/nolibc-i386`;
  const observed = await vm.run(`${PROFILER} observe --db /tmp/i386.db -- '${small}'`);
  expect(observed, observed.stderr).toMatchObject({ code: 0, stdout: 'hello\n' });
  const enforced = await vm.run(`${PROFILER} enforce --db /tmp/i386.db -- '${small}'`);
  expect(enforced).toMatchObject({ code: 125, stdout: '' });
  expect(enforced.stderr).toContain('is built for another architecture or word size: every call of it would be killed');
}, 300_000);
