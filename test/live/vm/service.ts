import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { APP_SHELL } from '../service-app.ts';
import { type Lifetime, lifeUnderSystemd } from '../service-life.ts';
import { type Confined, runRecorded } from './apparmor.ts';
import type { Vm } from './vm.ts';

export const LIFETIME: Lifetime = { watchdogS: 60, trouble: false };

const INSTALL = `set -e
app=/usr/local/lib/node_modules/profiler
mkdir -p $app /run/checks
mount --bind "$PWD" /run/checks
sh /run/checks/app.sh $app /usr/local/bin $app
[ ! -e apparmor ] || mount --bind apparmor $app/systemd/apparmor/profiler
`;

/**
 * Installs the profiler in VM, whose first process is systemd, and lives its services' life (LIFETIME), with what AppArmor said of
 * it. FOLDER is a scratch folder. PROFILES: in place of systemd/apparmor/profiler.
 */
export async function liveInVm(vm: Vm, folder: string, profiles?: string): Promise<Confined> {
  chmodSync(folder, 0o755);
  const script = lifeUnderSystemd(folder, LIFETIME);
  writeFileSync(join(folder, 'app.sh'), APP_SHELL);
  if (profiles !== undefined) writeFileSync(join(folder, 'apparmor'), profiles);
  const installed = await vm.run(`cd '${folder}'\n${INSTALL}`);
  if (installed.code !== 0) throw new Error(`not installed: ${installed.stderr}`);
  return runRecorded(vm, `exec 2>&1\n${script}`, { timeoutMs: 400_000 });
}
