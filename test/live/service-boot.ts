import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { APP_SHELL } from './service-app.ts';

const MACHINE = fileURLToPath(new URL('programs/machine.sh', import.meta.url));

/**
 * Runs SCRIPT (sh) on a machine of its own, in namespaces, whose first process is systemd and where the profiler is
 * installed; FOLDER is its /run/checks. Gives what it said.
 */
export function onMachine(folder: string, script: string): string {
  writeFileSync(join(folder, 'check.sh'), script);
  writeFileSync(join(folder, 'app.sh'), APP_SHELL);
  execFileSync('sh', [MACHINE, folder, join(folder, 'app.sh')], { stdio: ['ignore', 'ignore', 'inherit'] });
  const said = join(folder, 'said');
  if (!existsSync(said)) throw new Error(`the machine did not start: ${readFileSync(join(folder, 'console'), 'utf8')}`);
  return readFileSync(said, 'utf8');
}
