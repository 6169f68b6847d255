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

const UNITS = fileURLToPath(new URL('../systemd/', import.meta.url));
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
  'RestrictNamespaces= answers that there is no clone3, whose flags no filter can read; threads are made by clone then':
    ['clone'],
  'a death by abort() is told as one, not as a call that is not allowed': ['gettid', 'tgkill'],
};

const units = { 'profiler.service': ['daemon', 'reload'], 'profiler-prune.service': ['prune'] } as const;
type Name = (typeof units)[keyof typeof units][number];

const seen: Record<Name, Set<string>> = { daemon: new Set(), reload: new Set(), prune: new Set() };
for (let round = 1; round <= ROUNDS; round++) {
  for (const [name, calls] of Object.entries(await observed()) as [Name, string[]][]) {
    const unknown = calls.filter((call) => !seen[name].has(call));
    for (const call of unknown) seen[name].add(call);
    console.error(`round ${round} of ${ROUNDS}, ${name}: ${unknown.length} new calls, ${seen[name].size} in all`);
  }
}
for (const [unit, names] of Object.entries(units)) {
  rewrite(`${UNITS}${unit}`, [...names.flatMap((name) => [...seen[name]]), ...Object.values(UNSEEN).flat()]);
}

function rewrite(path: string, needed: readonly string[]): void {
  const calls = [...new Set(needed)].sort();
  const unit = readFileSync(path, 'utf8');
  const before = new Set(filterOf(unit));
  writeFileSync(path, unit.replace(/(^SystemCallFilter=.*\n)+/m, filterLines(calls)));
  const added = calls.filter((call) => !before.has(call));
  const left = [...before].filter((call) => !calls.includes(call));
  console.error(`${path}: ${calls.length} calls; new: ${added.join(' ') || 'none'}; gone: ${left.join(' ') || 'none'}`);
}

/** The calls of one life of the daemon with its children, of the kill that reloads it, and of a prune after it. */
async function observed(): Promise<Record<Name, string[]>> {
  const folder = mkdtempSync(join(tmpdir(), 'profiler-filter-'));
  chmodSync(folder, 0o755);
  try {
    const app = appIn(folder);
    const db = join(folder, 'observed.db');
    const as = (name: Name) =>
      `profiler observe --db ${db} --stage launcher --user nobody --name ${name} --`.split(' ');
    const { gone } = await serviceLife(folder, {
      daemon: app.within([...as('daemon'), 'profiler', 'daemon']),
      kill: app.within([...as('reload'), 'kill']),
      env: app.env,
    });
    if (gone !== 'SIGTERM') throw new Error(`the observed daemon ended with ${gone}`);
    const prune = ['profiler', 'prune', '--db', join(folder, 'state/p.db'), '--older-than', '0d', '--all'];
    inApp(app, [...as('prune'), ...prune]);
    const of = (name: Name) => suggested(app, db, name);
    return { daemon: of('daemon'), reload: of('reload'), prune: of('prune') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** --strict: a run that lost a record, or is not complete, makes no list. */
function suggested(app: App, db: string, name: Name): string[] {
  const exe = name === 'reload' ? 'kill' : '/usr/bin/env';
  const said = inApp(app, ['profiler', 'suggest', '--db', db, '--exe', exe, '--name', name, '--strict']);
  return /^SECCOMP_SYSCALL_ALLOW=(\S+)$/m.exec(said)?.[1]?.split(':') ?? [];
}

function inApp(app: App, words: readonly string[]): string {
  const [program = '', ...args] = app.within(words);
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', env: app.env });
  if (status !== 0) throw new Error(`${words.join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
}
