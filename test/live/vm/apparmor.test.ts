import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadProfile, runUnder } from './apparmor.ts';
import { bootVm, type Vm } from './vm.ts';

let vm: Vm;
beforeAll(async () => {
  vm = await bootVm({ init: 'agent' });
}, 300_000);
afterAll(() => vm?.end());

const COMMAND = "cat '/etc/host.conf'";

test('a profile in complain mode forbids nothing, and the kernel tells of every access', async () => {
  await loadProfile(vm, 'profile probe flags=(complain) {}');
  const { code, stdout, records } = await runUnder(vm, 'probe', COMMAND);
  expect({ code, stdout }).toEqual({ code: 0, stdout: (await vm.run(COMMAND)).stdout });
  // More than the kernel log's rate limit lets through.
  expect(records.length).toBeGreaterThan(10);
  for (const record of records) expect(record).toMatch(/^5,\d+,\d+,-;audit: type=1400 audit\(.*apparmor="ALLOWED"/);
  expect(records.filter((record) => record.includes('operation="open"')).join('\n')).toContain('name="/etc/host.conf"');
}, 240_000);

test('one in enforce mode does, and tells of that', async () => {
  await loadProfile(vm, 'profile probe { /usr/** mr, /etc/ld.so.* r, }');
  const { code, stderr, records } = await runUnder(vm, 'probe', COMMAND);
  expect(code, stderr).toBe(1);
  expect(stderr).toContain('Permission denied');
  expect(records.at(-1)).toMatch(/apparmor="DENIED" operation="open" .*profile="probe" name="\/etc\/host.conf"/);
  await expect(loadProfile(vm, 'profile probe { nonsense')).rejects.toThrow(
    /^apparmor_parser ended with 1: .*syntax error/s,
  );
}, 240_000);
