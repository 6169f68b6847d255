import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import type { Ledger } from '../../src/store/store.ts';
import { build, NATIVE, profiler, scratch } from './cli.ts';
import { ask, configure, counted, type Running, startDaemon, until } from './daemon.ts';

const folder = scratch();
const hello = build(folder.path, 'hello', 'native/examples/hello.c');
const LOGGED = {
  ...process.env,
  LD_PRELOAD: join(NATIVE, 'libsandbox.so'),
  SECCOMP_SYSCALL_ALLOW: '',
  SECCOMP_DEFAULT_ACTION: 'log',
  SECCOMP_QUIET: '1',
};
const CALLS = 6;
let daemon: Running | undefined;
afterEach(async () => {
  if (daemon?.child.exitCode === null) await daemon.end();
});
afterAll(() => folder.remove());

const runHello = () => execFileSync(hello, { env: LOGGED, stdio: ['ignore', 'pipe', 'ignore'] });

/** The process of audit-listen that a daemon has started. */
function listenerOf(pid: number): number | undefined {
  const stats = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), stat: statOf(name) }));
  return stats.find(({ stat }) => new RegExp(`^\\d+ \\(audit-listen\\) [^Z] ${pid} `).test(stat))?.pid;
}

function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return '';
  }
}

const ledger = async (): Promise<Ledger> => {
  const { stdout } = await profiler(['status', '--db', join(folder.path, 'p.db'), '--losses', '--json']);
  return JSON.parse(stdout) as Ledger;
};

/** A gap is told once no late record can fill it: after 256 more, or five seconds. */
async function untilTold(count: number): Promise<void> {
  const sql = "SELECT count(*) AS count FROM loss WHERE reason = 'carrier-restart'";
  await until(() => {
    execFileSync('/bin/sh', ['-c', 'ls /usr | wc -l'], { env: LOGGED, stdio: 'ignore' });
    return ask<{ count: number }>(folder.path, sql)[0]?.count === count;
  }, 20_000);
}

test('while nobody listens records are lost: from the last to the first after, at most as many as serials are missing', async () => {
  const config = configure(folder.path, '[[source]]\nkind = "netlink"');
  daemon = startDaemon(config);
  const { child } = daemon;
  await daemon.said(/^ready$/, 30_000);
  await until(() => listenerOf(child.pid ?? 0) !== undefined, 30_000);
  // It has joined once a record comes through.
  await until(() => {
    runHello();
    return counted(folder.path) >= CALLS;
  });
  const before = (await ledger()).losses.filter(({ reason }) => reason === 'carrier-restart');
  expect(before).toEqual([]);

  // The listener dies; what is made before the next has joined is lost.
  const listener = listenerOf(child.pid ?? 0) ?? 0;
  process.kill(listener, 'SIGKILL');
  await daemon.said(/audit-listen ended with SIGKILL/);
  runHello();
  await until(() => ![undefined, listener].includes(listenerOf(child.pid ?? 0)));
  const stored = counted(folder.path);
  await until(() => {
    runHello();
    return counted(folder.path) > stored;
  });
  await untilTold(1);
  await daemon.end();
  const [loss, ...more] = (await ledger()).losses.filter(({ reason }) => reason === 'carrier-restart');
  expect(more).toEqual([]);
  expect(loss).toMatchObject({ certainty: 'at-most', trust: 'kernel', programs: { exes: [hello] } });
  expect(loss?.count).toBeGreaterThanOrEqual(CALLS - 1);
  expect(loss?.runs.count).toBeGreaterThan(0);

  // A daemon that was down is the same.
  runHello();
  daemon = startDaemon(config);
  await daemon.said(/^ready$/, 30_000);
  const stopped = counted(folder.path);
  await until(() => {
    runHello();
    return counted(folder.path) > stopped;
  }, 30_000);
  await untilTold(2);
  await daemon.end();
  const again = (await ledger()).losses.filter(({ reason }) => reason === 'carrier-restart');
  expect(again).toHaveLength(2);
  expect(again[0]?.fromMs).toBeGreaterThanOrEqual(loss?.toMs ?? 0);
});
