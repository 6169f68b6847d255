/**
 * Writes the learned rules of systemd/apparmor/profiler: what profiler makes of all that its own services ask for through their life
 * on a virtual machine (test/live/vm/service.ts) beyond what the file allows by hand. As root.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { profiler, scratch } from '../test/live/cli.ts';
import { amiss } from '../test/live/service-life.ts';
import { learning, rulesIn, withLearned } from '../test/live/service-profile.ts';
import { LIFETIME, liveInVm } from '../test/live/vm/service.ts';
import { bootVm } from '../test/live/vm/vm.ts';

const FILE = fileURLToPath(new URL('../systemd/apparmor/profiler', import.meta.url));
const PROFILES = ['profiler', 'profiler-listen'];

const folder = scratch();
try {
  const file = readFileSync(FILE, 'utf8');
  const log = join(folder.path, 'kmsg');
  writeFileSync(log, await kernelLog(learning(file)), { mode: 0o600 });
  const learned = new Map<string, readonly string[]>();
  for (const profile of PROFILES) learned.set(profile, await suggested(log, profile));
  writeFileSync(
    FILE,
    withLearned(file, (profile) => learned.get(profile) ?? []),
  );
} finally {
  folder.remove();
}

/** Whole: a serial that is not there is a record that is missing. */
async function kernelLog(profiles: string): Promise<string> {
  const vm = await bootVm({ kernelArguments: ['audit_backlog_limit=65536'] });
  try {
    const { stdout } = await liveInVm(vm, folder.path, profiles);
    const wrong = amiss(stdout, LIFETIME);
    if (wrong.length > 0) throw new Error(`the service did not live: ${wrong.join('; ')}: ${stdout}`);
    return (await vm.run('dd if=/dev/kmsg iflag=nonblock bs=8k 2>/dev/null')).stdout;
  } finally {
    await vm.end();
  }
}

/** --strict: a log that lost a record makes no rules. */
async function suggested(log: string, profile: string): Promise<string[]> {
  const words = ['suggest', '--kind', 'apparmor', '--from', log, '--profile', profile, '--glob', '--strict'];
  const { code, stdout, stderr } = await profiler(words);
  process.stderr.write(stderr);
  if (code !== 0) throw new Error(`profiler ${words.join(' ')} ended with ${code}`);
  return rulesIn(stdout);
}
