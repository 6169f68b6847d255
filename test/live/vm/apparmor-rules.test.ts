import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build, profiler, scratch } from '../cli.ts';
import { loadProfile, runUnder } from './apparmor.ts';
import { bootVm, type Vm } from './vm.ts';

/** Rules made of a real kernel's records, loaded into that kernel. */
const folder = scratch();
let vm: Vm;
let deeds: string;
beforeAll(async () => {
  deeds = build(folder.path, 'deeds', 'test/live/programs/deeds.c');
  vm = await bootVm({ init: 'agent' });
  await vm.run('mkdir -p /srv/deeds && echo secret >/srv/secret');
}, 300_000);
afterAll(async () => {
  await vm?.end();
  folder.remove();
});

/** What the built `profiler` makes of these records of the kernel's log. */
async function suggested(records: readonly string[], ...words: readonly string[]): Promise<string> {
  const log = join(folder.path, 'kmsg');
  writeFileSync(log, `${records.join('\n')}\n`, { mode: 0o600 });
  const said = await profiler(['suggest', '--kind', 'apparmor', '--from', log, ...words]);
  expect(said, said.stderr).toMatchObject({ code: 0 });
  return said.stdout;
}

const WORK = '/srv/deeds';

test.for(['ix', 'cx'])(
  'children by %s: rules from an empty complain profile allow all that was done, and nothing else',
  { timeout: 300_000 },
  async (exec) => {
    const name = `deeds-${exec}`;
    await loadProfile(vm, `profile ${name} flags=(complain) {}`);
    const learned = await runUnder(vm, name, `'${deeds}' ${WORK}`);
    expect(learned, learned.stderr).toMatchObject({ code: 0 });
    expect(learned.records.length).toBeGreaterThan(50);
    const profile = await suggested(learned.records, '--profile', name, '--exec', exec, '--glob');

    await loadProfile(vm, profile);
    const enforced = await runUnder(vm, name, `'${deeds}' ${WORK}`);
    expect(enforced, `${enforced.stderr}${profile}`).toMatchObject({ code: 0, records: [] });

    const forbidden = await runUnder(vm, name, `'${deeds}' ${WORK} /srv/secret`);
    expect(forbidden).toMatchObject({ code: 1, stderr: expect.stringContaining('Permission denied') });
    expect(forbidden.records.join('\n')).toContain('apparmor="DENIED" operation="open"');

    const lacking = await suggested(forbidden.records, '--profile', name, '--output', 'rules');
    expect(lacking).toBe('owner /srv/secret r,\n');
    await loadProfile(
      vm,
      profile.replace(/^profile .*\{$/m, (line) => `${line}\n${lacking}`),
    );
    expect(await runUnder(vm, name, `'${deeds}' ${WORK} /srv/secret`)).toMatchObject({ code: 0, records: [] });
  },
);
