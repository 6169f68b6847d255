import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { abiByName, syscallName, syscallNumber } from '../../src/kernel/abi.ts';
import { valueArguments } from '../../src/kernel/value-arguments.ts';
import { openStore } from '../../src/store/open.ts';
import { auditEnabled, auditPid, startAuditd } from './carriers.ts';
import { build, NATIVE, profiler, run, scratch } from './cli.ts';

/** Arguments on the real kernel, with a real audit rule: what SYSCALL records tell is what strace sees. */
const folder = scratch();
const LOGGED = {
  LD_PRELOAD: join(NATIVE, 'libsandbox.so'),
  SECCOMP_SYSCALL_ALLOW: '',
  SECCOMP_DEFAULT_ACTION: 'log',
  SECCOMP_QUIET: '1',
};
/** Whether a thread has to wait for another depends on who is first. */
const BY_CHANCE = new Set(['futex']);
let program: string;

beforeAll(() => {
  program = build(folder.path, 'arguments', 'test/live/programs/arguments.c', ['-pthread']);
});
afterAll(() => folder.remove());

/** Does `work` while an audit rule asks for every call of the program; puts everything back. */
async function underRule<Result>(work: () => Promise<Result>): Promise<Result> {
  const rule = ['always,exit', '-F', 'arch=b64', '-S', 'all', '-F', `exe=${program}`, '-k', 'learn'];
  const before = auditEnabled();
  try {
    execFileSync('auditctl', ['-e', '1']);
    execFileSync('auditctl', ['-a', ...rule]);
    return await work();
  } finally {
    execFileSync('auditctl', ['-d', ...rule]);
    execFileSync('auditctl', ['-e', `${before}`]);
  }
}

type Counts = Readonly<Record<string, number>>;

/** Counts `NAME INDEX=VALUE`. */
function counted(values: readonly (readonly [key: string, count: number])[]): Counts {
  const counts = new Map<string, number>();
  for (const [key, count] of values) counts.set(key, (counts.get(key) ?? 0) + count);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The same from strace: `PID name(0x2, 0x1, …`, after the filter was set. */
async function straced(): Promise<Counts> {
  const out = join(folder.path, 'strace.out');
  const env = Object.entries(LOGGED).flatMap(([name, value]) => ['-E', `${name}=${value}`]);
  await run('strace', ['-f', '-qq', '-e', 'raw=all', '-e', 'signal=none', '-o', out, ...env, '--', program]);
  const lines = readFileSync(out, 'utf8').split('\n');
  const start = lines.findIndex((line) => /\bseccomp\(0x1,/.test(line));
  expect(start).toBeGreaterThan(0);
  const abi = abiByName('x86_64');
  if (!abi) throw new Error('x86_64 is in no table');
  const values = lines.slice(start + 1).flatMap((line): [string, number][] => {
    const [, name = '', text = ''] = /^\d+ +(\w+)\(([^)<]*)/.exec(line) ?? [];
    const nr = syscallNumber(abi, name);
    const args = text.split(',').map((word) => word.trim().replace(/^0x/, ''));
    if (nr === undefined || BY_CHANCE.has(name)) return [];
    return valueArguments(abi.token, nr).map(({ index }) => [`${name} ${index}=${args[index]}`, 1]);
  });
  return counted(values);
}

function stored(db: string) {
  const store = openStore(db, { readonly: true });
  try {
    const ids = store.runs({}).map(({ id }) => id);
    const rows = store.args(ids).filter(({ exe }) => exe === program);
    const named = rows.map((row) => ({ ...row, name: syscallName(row.archToken, row.nr) ?? '' }));
    return { ids, tallies: store.tallies(ids).filter(({ exe }) => exe === program), rows: named };
  } finally {
    store.close();
  }
}

function storedCounts(db: string): Counts {
  const { rows } = stored(db);
  return counted(
    rows
      .filter(({ name }) => !BY_CHANCE.has(name))
      .map(({ name, index, value, count }) => [`${name} ${index}=${value}`, count]),
  );
}

test('what observe joins is what strace sees, and nothing else', async () => {
  const db = join(folder.path, 'observed.db');
  const observed = await underRule(() => profiler(['observe', '--db', db, '--via', 'netlink', '--', program]));
  expect(observed, observed.stderr).toMatchObject({ code: 0 });
  const truth = await straced();
  expect(truth).toMatchObject({ 'socket 0=1': 60, 'socket 0=2': 60, 'openat 2=10002': 120, 'prctl 0=3': 1 });
  expect(storedCounts(db)).toEqual(truth);
  const { ids, tallies, rows } = stored(db);
  expect(ids).toHaveLength(1);
  // Each call of one that has values is there, and no pointer is.
  for (const { nr, count, archToken } of tallies) {
    if (BY_CHANCE.has(syscallName(archToken, nr) ?? '')) continue;
    for (const { index } of valueArguments(archToken, nr)) {
      const of = rows.filter((row) => row.nr === nr && row.index === index);
      expect(of.reduce((sum, row) => sum + row.count, 0)).toBe(count);
    }
  }
  for (const { value } of rows) expect(Number.parseInt(value ?? '', 16)).toBeLessThanOrEqual(0xffff_ffff);
  const { stderr, stdout } = await profiler(['suggest', '--db', db, '--exe', program, '--evidence', '--json']);
  expect(stderr).toMatch(/^socket +120 .* 0=0x1,0x2 1=0x1,0x2,0x80002 2=0x0 +arguments$/m);
  expect(stdout).toContain('"name": "domain"');
});

test('what auditd wrote of it is the same, and counts once', async () => {
  const db = join(folder.path, 'audited.db');
  const auditd = await startAuditd(join(folder.path, 'audit'));
  try {
    await underRule(() => run(program, [], { env: { ...process.env, ...LOGGED } }));
  } finally {
    await auditd.stop();
  }
  expect(auditPid()).toBe(0);
  const truth = await straced();
  const first = await profiler(['import', '--db', db, auditd.log]);
  expect(first.stderr).toMatch(/arguments of \d+ calls, 1 new run/);
  expect(storedCounts(db)).toEqual(truth);
  const again = await profiler(['import', '--db', db, auditd.log]);
  expect(again.stderr).toMatch(/0 new records, \d+ counted before; passed over/);
  expect(storedCounts(db)).toEqual(truth);
});
