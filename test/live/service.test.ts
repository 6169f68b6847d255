import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run, scratch } from './cli.ts';
import { appIn } from './service-app.ts';
import { onMachine } from './service-boot.ts';
import { amiss, lifeUnderSystemd } from './service-life.ts';

const UNITS = fileURLToPath(new URL('../../systemd/', import.meta.url));
const SERVICES = ['profiler.service', 'profiler-prune.service'];

let folder: ReturnType<typeof scratch>;
beforeEach(() => {
  folder = scratch();
  chmodSync(folder.path, 0o755);
});
afterEach(() => folder.remove());

test('systemd-analyze finds nothing wrong, and next to nothing exposed', async () => {
  // It wants to see the program where systemd looks for it.
  const app = appIn(folder.path);
  const verify = `mount --bind '${app.bin}' /usr/local/bin && cd '${UNITS}' && exec systemd-analyze verify --man=no ${SERVICES.join(' ')} profiler-prune.timer`;
  const [program = '', ...args] = app.within(['sh', '-c', verify]);
  expect(await run(program, args)).toMatchObject({ code: 0, stdout: '', stderr: '' });
  for (const service of SERVICES) {
    const words = ['security', '--no-pager', '--offline=true', '--threshold=15', join(UNITS, service)];
    const { code, stdout } = await run('systemd-analyze', words);
    expect(Number(/Overall exposure level for \S+: ([\d.]+) /.exec(stdout)?.[1])).toBeLessThanOrEqual(1.5);
    expect(code, stdout).toBe(0);
    expect(stdout).not.toMatch(/^✗ (Capability|Ambient|SystemCall|User|NoNewPrivileges|Private|Protect)/m);
  }
});

test('systemd runs the service: installed, ready, reloaded, killed, hung, pruned, stopped', () => {
  const lifetime = { watchdogS: 3, trouble: true };
  const said = onMachine(folder.path, lifeUnderSystemd(folder.path, lifetime));
  expect(amiss(said, lifetime), said).toEqual([]);
});
