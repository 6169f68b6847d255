import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build, scratch } from '../cli.ts';
import { until } from '../daemon.ts';
import { bootVm, type Vm } from './vm.ts';

/** What the other tests of this folder rely on. */
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

test('the machine is what it says: the kernel, its defaults, this host’s files, a layer of its own', async () => {
  const asked = 'uname -r; cat /proc/sys/kernel/printk_ratelimit /sys/module/apparmor/parameters/enabled';
  expect((await vm.run(asked)).stdout).toMatch(/^6\.\d+\.\d+-\d+-cloud-amd64\n5\nY\n$/);
  expect((await vm.run('stat -f -c %T /sys/fs/cgroup; ls /sys/class/net')).stdout).toBe('cgroup2fs\nlo\n');
  await vm.run(`echo gone >'${hello}-too'`);
  expect((await vm.run(`cat '${hello}-too'`)).stdout).toBe('gone\n');
  expect(existsSync(`${hello}-too`)).toBe(false);
  const sum = createHash('sha256').update(readFileSync(hello)).digest('hex');
  expect((await vm.run('sha256sum', { input: readFileSync(hello) })).stdout).toBe(`${sum}  -\n`);
}, 240_000);

test('a command’s code and words come through as they are, one after the other, and a late one is killed', async () => {
  const [first, second] = await Promise.all([
    vm.run("printf 'a\\nready\\n0 0 0\\n'; printf é >&2; exit 7"),
    vm.run('kill -TERM $$'),
  ]);
  expect(first).toEqual({ code: 7, stdout: 'a\nready\n0 0 0\n', stderr: 'é' });
  expect(second).toEqual({ code: 143, stdout: '', stderr: '' });
  await expect(vm.run('echo begun; sleep 1000', { timeoutMs: 2000 })).rejects.toThrow(/^not within 2000 ms: .*begun/s);
  expect(await vm.run('sleep 1000 & echo on')).toMatchObject({ code: 0, stdout: 'on\n' });
}, 240_000);

test('a machine that goes is told of, with its console', async () => {
  await expect(vm.run('echo c >/proc/sysrq-trigger')).rejects.toThrow(
    /the machine has gone: .*sysrq triggered crash/is,
  );
}, 240_000);

test('it ends with the process that booted it, which is killed, and leaves nothing', async () => {
  const script = `import('${new URL('vm.ts', import.meta.url).href}').then(({ bootVm }) => bootVm({ init: 'agent' }))`;
  const env = { ...process.env, TMPDIR: folder.path };
  const booting = spawn(process.execPath, ['--import', 'tsx', '-e', script], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await until(() => running('qemu-system-x86_64') > 0 && running('virtiofsd') > 0, 120_000);
  booting.kill('SIGKILL');
  const left = () => readdirSync(folder.path).filter((name) => name.startsWith('profiler-vm'));
  await until(() => running('') === 0 && left().length === 0, 120_000).catch(() => {});
  expect({ processes: running(''), folders: left() }).toEqual({ processes: 0, folders: [] });
}, 300_000);

/** How many processes of that name have their files in this test's folder. */
function running(name: string): number {
  const found = spawnSync('pgrep', ['-f', `${name}.*${folder.path}/profiler-vm`], { encoding: 'utf8' });
  return found.stdout.split('\n').filter(Boolean).length;
}
