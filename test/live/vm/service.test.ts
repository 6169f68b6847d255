import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scratch } from '../cli.ts';
import { APP_SHELL } from '../service-app.ts';
import { amiss, lifeUnderSystemd } from '../service-life.ts';
import { bootVm, type Vm } from './vm.ts';

/** The service on a machine with a kernel of its own, which nothing in it shares with this one: Debian's, and its systemd. */
const folder = scratch();
let vm: Vm;

beforeAll(async () => {
  chmodSync(folder.path, 0o755);
  vm = await bootVm();
}, 300_000);
afterAll(async () => {
  await vm?.end();
  folder.remove();
});

const INSTALL = `set -e
app=/usr/local/lib/node_modules/profiler
mkdir -p $app /run/checks
mount --bind "$PWD" /run/checks
sh /run/checks/app.sh $app /usr/local/bin $app
`;

test('systemd is the first process, with nothing that failed', async () => {
  expect((await vm.run('cat /proc/1/comm; systemctl is-system-running')).stdout).toBe('systemd\nrunning\n');
});

test('the service lives within its own filter on Debian’s kernel', async () => {
  const lifetime = { watchdogS: 60, trouble: false };
  const script = lifeUnderSystemd(folder.path, lifetime);
  writeFileSync(join(folder.path, 'app.sh'), APP_SHELL);
  const installed = await vm.run(`cd '${folder.path}'\n${INSTALL}`);
  expect(installed, installed.stderr).toMatchObject({ code: 0 });
  const lived = await vm.run(`exec 2>&1\n${script}`, { timeoutMs: 400_000 });
  expect(amiss(lived.stdout, lifetime), lived.stdout).toEqual([]);
  const killed = await vm.run(
    "journalctl -o cat _TRANSPORT=audit + _TRANSPORT=kernel | grep -E 'type=1326 .* sig=[^0]'",
  );
  expect(killed.stdout).toBe('');
}, 480_000);
