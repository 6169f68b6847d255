import { afterAll, beforeAll, expect, test } from 'vitest';
import { scratch } from '../cli.ts';
import { amiss } from '../service-life.ts';
import { runUnder } from './apparmor.ts';
import { LIFETIME, liveInVm } from './service.ts';
import { bootVm, type Vm } from './vm.ts';

/** The service on a machine with a kernel of its own, which nothing in it shares with this one: Debian's, and its systemd. */
const folder = scratch();
let vm: Vm;

beforeAll(async () => {
  vm = await bootVm();
}, 300_000);
afterAll(async () => {
  await vm?.end();
  folder.remove();
});

test('systemd is the first process, with nothing that failed', async () => {
  expect((await vm.run('cat /proc/1/comm; systemctl is-system-running')).stdout).toBe('systemd\nrunning\n');
});

test('the service lives within its own filter and AppArmor profiles on Debian’s kernel', async () => {
  const { stdout, records } = await liveInVm(vm, folder.path);
  expect(amiss(stdout, LIFETIME), stdout).toEqual([]);
  expect(stdout.match(/^(?:listener )?label: .*$/gm)).toEqual([
    'label: profiler (enforce)',
    'listener label: profiler-listen (enforce)',
  ]);
  expect(records.filter((record) => !record.includes('apparmor="STATUS"'))).toEqual([]);
  const killed = await vm.run(
    "journalctl -o cat _TRANSPORT=audit + _TRANSPORT=kernel | grep -E 'type=1326 .* sig=[^0]'",
  );
  expect(killed.stdout).toBe('');
}, 480_000);

test('what the service need not read is not read under its profile', async () => {
  const script = "fs.readdirSync('/etc/profiler'); fs.readFileSync('/etc/shadow')";
  const { stdout, records } = await runUnder(
    vm,
    'profiler',
    `/usr/local/bin/node -e "${script}" </dev/null 2>&1 | cat`,
  );
  expect(stdout).toContain("EACCES: permission denied, open '/etc/shadow'");
  expect(records.map((record) => /apparmor="DENIED".* name="([^"]*)"/.exec(record)?.[1])).toContain('/etc/shadow');
}, 240_000);
