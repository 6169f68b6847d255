/**
 * Writes the SystemCallFilter= of systemd/*.service: what profiler observes of its own daemon and listener through a
 * service's life (test/live/service-workload.ts), in several runs, and what no run here can show. As root.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Profile } from '../src/profile/profile.ts';
import { type App, appIn } from '../test/live/service-app.ts';
import { activate } from '../test/live/service-listen.ts';
import { filterLines, filterOf } from '../test/live/service-unit.ts';
import { serviceLife } from '../test/live/service-workload.ts';

const UNITS = fileURLToPath(new URL('../systemd/', import.meta.url));
const ROUNDS = 4;

type Reasons = Readonly<Record<string, readonly string[]>>;

/** Calls that a run may need and this machine's runs do not make. */
const UNSEEN: Reasons = {
  'the vDSO answers them, but asks the kernel where the clock source is not the TSC (vdso(7))': [
    'clock_getres',
    'clock_gettime',
    'getcpu',
    'gettimeofday',
    'time',
  ],
  'a call that waited and was stopped is begun again (restart_syscall(2))': ['restart_syscall', 'rt_sigreturn'],
  'memory is given back': ['madvise'],
  'a death by abort() is told as one, not as a call that is not allowed': ['gettid', 'tgkill'],
};
const UNSEEN_NODE: Reasons = {
  'threads that wait for one another, V8 and malloc where memory grows': [
    'clock_nanosleep',
    'exit',
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
};
const UNSEEN_LISTENER: Reasons = {
  'systemd starts it under its filter': ['execve'],
  'what nobody has taken is told at its end': ['write'],
};

const units = {
  'profiler.service': { runs: ['daemon', 'reload'], unseen: [UNSEEN, UNSEEN_NODE] },
  'profiler-prune.service': { runs: ['prune'], unseen: [UNSEEN, UNSEEN_NODE] },
  'profiler-listen.service': { runs: ['listen'], unseen: [UNSEEN, UNSEEN_LISTENER] },
} as const;
type Name = (typeof units)[keyof typeof units]['runs'][number];
/** By which program a run is known: the first is a script, the last is started by one that gives it what systemd would. */
const EXES: Readonly<Record<Name, string>> = {
  daemon: '/usr/bin/env',
  reload: 'kill',
  prune: '/usr/bin/env',
  listen: 'audit-listen',
};

const seen: Record<Name, Set<string>> = { daemon: new Set(), reload: new Set(), prune: new Set(), listen: new Set() };
for (let round = 1; round <= ROUNDS; round++) {
  for (const [name, calls] of Object.entries(await observed()) as [Name, string[]][]) {
    const unknown = calls.filter((call) => !seen[name].has(call));
    for (const call of unknown) seen[name].add(call);
    console.error(`round ${round} of ${ROUNDS}, ${name}: ${unknown.length} new calls, ${seen[name].size} in all`);
  }
}
for (const [unit, { runs, unseen }] of Object.entries(units)) {
  const calls = runs.flatMap((name) => [...seen[name]]);
  rewrite(`${UNITS}${unit}`, [...calls, ...unseen.flatMap((reasons) => Object.values(reasons).flat())]);
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
    const observe = (name: Name, more = '') =>
      `profiler observe --db ${db} --stage launcher ${more}--name ${name} --`.split(' ');
    const as = (name: Name) => observe(name, '--user nobody ');
    const { gone, listener } = await serviceLife(folder, {
      listen: { words: app.within([...observe('listen'), ...activate(folder)]), env: app.env },
      daemon: app.within([...as('daemon'), 'profiler', 'daemon']),
      kill: app.within([...as('reload'), 'kill']),
      env: app.env,
    });
    if (gone !== 'SIGTERM') throw new Error(`the observed daemon ended with ${gone}`);
    if (listener !== 0) throw new Error(`the observed listener ended with ${listener}`);
    const prune = ['profiler', 'prune', '--db', join(folder, 'state/p.db'), '--older-than', '0d', '--all'];
    inApp(app, [...as('prune'), ...prune]);
    const of = (name: Name) => suggested(app, db, name);
    return { daemon: of('daemon'), reload: of('reload'), prune: of('prune'), listen: of('listen') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A run that lost a record, or is not complete, makes no list; how many there are is not asked. */
function suggested(app: App, db: string, name: Name): string[] {
  const words = ['profiler', 'suggest', '--db', db, '--exe', EXES[name], '--name', name, '--json'];
  const { confidence, rules } = JSON.parse(inApp(app, words)) as Pick<Profile, 'confidence' | 'rules'>;
  if (confidence.grade === 'lossy') throw new Error(`${name}: records are missing, or its end was not seen`);
  return rules.map((rule) => rule.name ?? String(rule.nr));
}

function inApp(app: App, words: readonly string[]): string {
  const [program = '', ...args] = app.within(words);
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', env: app.env });
  if (status !== 0) throw new Error(`${words.join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
}
