/**
 * Writes the SystemCallFilter= of systemd/profiler.service: what profiler observes of its own daemon through a service's
 * life (test/live/service-workload.ts), in several runs, and what no run here can show. `npm run generate:filter`, as root.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type App, appIn } from '../test/live/service-app.ts';
import { filterLines, filterOf } from '../test/live/service-unit.ts';
import { serviceLife } from '../test/live/service-workload.ts';

const UNIT = fileURLToPath(new URL('../systemd/profiler.service', import.meta.url));
const ROUNDS = 4;

/** Calls that a run may need and this machine's runs do not make. */
const UNSEEN: Readonly<Record<string, readonly string[]>> = {
  'the vDSO answers them, but asks the kernel where the clock source is not the TSC (vdso(7))': [
    'clock_getres',
    'clock_gettime',
    'getcpu',
    'gettimeofday',
    'time',
  ],
  'a call that waited and was stopped is begun again (restart_syscall(2))': ['restart_syscall', 'rt_sigreturn'],
  'threads that wait for one another, V8 and malloc where memory grows and is given back': [
    'clock_nanosleep',
    'exit',
    'madvise',
    'membarrier',
    'mremap',
    'sched_yield',
  ],
  'V8 guards its pages by protection keys where the CPU has them (pkeys(7))': [
    'pkey_alloc',
    'pkey_free',
    'pkey_mprotect',
  ],
  'a death by abort() is told as one, not as a call that is not allowed': ['gettid', 'tgkill'],
};

const seen = new Set<string>();
for (let round = 1; round <= ROUNDS; round++) {
  const before = seen.size;
  for (const call of await observed()) seen.add(call);
  console.error(`run ${round} of ${ROUNDS}: ${seen.size - before} new calls, ${seen.size} in all`);
}
const unseen = Object.values(UNSEEN).flat();
const calls = [...new Set([...seen, ...unseen])].sort();
const unit = readFileSync(UNIT, 'utf8');
const before = new Set(filterOf(unit));
writeFileSync(UNIT, unit.replace(/(^SystemCallFilter=.*\n)+/m, filterLines(calls)));
const added = calls.filter((call) => !before.has(call));
const gone = [...before].filter((call) => !calls.includes(call));
console.error(`${UNIT}: ${calls.length} calls; new: ${added.join(' ') || 'none'}; gone: ${gone.join(' ') || 'none'}`);

/** The calls of one life of the daemon, of its children, and of the kill that reloads it. */
async function observed(): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'profiler-filter-'));
  chmodSync(folder, 0o755);
  try {
    const app = appIn(folder);
    const db = join(folder, 'observed.db');
    const as = (name: string) =>
      `profiler observe --db ${db} --stage launcher --user nobody --name ${name} --`.split(' ');
    const { gone } = await serviceLife(folder, {
      daemon: app.within([...as('daemon'), 'profiler', 'daemon']),
      kill: app.within([...as('reload'), 'kill']),
      env: app.env,
    });
    if (gone !== 'SIGTERM') throw new Error(`the observed daemon ended with ${gone}`);
    return ['daemon', 'reload'].flatMap((name) => suggested(app, db, name));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** --strict: a run that lost a record, or is not complete, makes no list. */
function suggested(app: App, db: string, name: string): string[] {
  const exe = name === 'daemon' ? '/usr/bin/env' : 'kill';
  const words = ['profiler', 'suggest', '--db', db, '--exe', exe, '--name', name, '--strict'];
  const [program = '', ...args] = app.within(words);
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', env: app.env });
  const list = /^SECCOMP_SYSCALL_ALLOW=(\S+)$/m.exec(stdout)?.[1];
  if (status !== 0 || list === undefined) throw new Error(`profiler suggest ended with ${status}: ${stderr}`);
  return list.split(':');
}
