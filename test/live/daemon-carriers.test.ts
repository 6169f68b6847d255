import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  auditEnabled,
  auditPid,
  type Carrier,
  type Event,
  recordsIn,
  startAuditd,
  startJournald,
  startRsyslog,
  untilPrinted,
  writeToAudit,
  writeToSyslog,
} from './carriers.ts';
import { build, NATIVE, profiler, run, scratch } from './cli.ts';
import { ask, configure, fileSource, type Running, rowsOf, startDaemon, until } from './daemon.ts';

/** The real auditd and rsyslogd, on the kernel's own log, and both ways by which a user can write into it. */
const folder = scratch();
const LIST = ['brk', 'exit_group', 'getrandom', 'newfstatat', 'write'];
const LOGGED = {
  ...process.env,
  LD_PRELOAD: join(NATIVE, 'libsandbox.so'),
  SECCOMP_SYSCALL_ALLOW: '',
  SECCOMP_DEFAULT_ACTION: 'log',
  SECCOMP_QUIET: '1',
};
let stops: (() => Promise<unknown>)[] = [];
let forge: string;

beforeAll(() => {
  chmodSync(folder.path, 0o755);
  forge = build(folder.path, 'forge', 'test/live/programs/forge.c');
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
  if (auditPid() !== 0) throw new Error('the kernel still sends its records to somebody');
});
afterAll(() => folder.remove());

function started<One extends Carrier>(carrier: One): One {
  stops.push(() => carrier.stop());
  return carrier;
}

function daemonIn(place: string, sources: string): Running {
  const config = configure(place, sources);
  // The machine's own name: it is the one that observe stores its runs under.
  writeFileSync(config, readFileSync(config, 'utf8').replace('host = "vm"\n', ''));
  const daemon = startDaemon(config);
  stops.push(() => daemon.end());
  return daemon;
}

/** A folder of a test's own, which others than root may look into. */
function openPlace(): string {
  const one = scratch();
  chmodSync(one.path, 0o755);
  stops.push(() => Promise.resolve(one.remove()));
  return one.path;
}

function seenOf(at: string, events: readonly Event[]): number {
  const spans = ask<{ from: number; to: number }>(at, 'SELECT serial_from AS "from", serial_to AS "to" FROM seen');
  return events.filter(({ serial }) => spans.some(({ from, to }) => from <= serial && serial <= to)).length;
}

function count(numbers: readonly number[]): Record<number, number> {
  const times: Record<number, number> = {};
  for (const number of numbers) times[number] = (times[number] ?? 0) + 1;
  return times;
}

async function suggested(at: string, exe: string, ...more: string[]): Promise<string[]> {
  const words = ['suggest', '--db', join(at, 'p.db'), '--exe', exe, '--stage', 'preload', ...more];
  const { stdout, stderr } = await profiler(words);
  expect(stdout, stderr).toMatch(/^SECCOMP_SYSCALL_ALLOW=/);
  return stdout.trim().split('=')[1]?.split(':') ?? [];
}

test('auditd and netlink bring each record once, across a restart of the daemon', async () => {
  const at = openPlace();
  const hello = build(at, 'hello', 'native/examples/hello.c');
  const auditd = started(await startAuditd(join(at, 'audit')));
  const sources = `[[source]]\nkind = "netlink"\n${fileSource(auditd.log)}`;
  const daemon = daemonIn(at, sources);
  await daemon.said(/^ready$/);
  await until(() => ask(at, "SELECT * FROM source WHERE source LIKE '%audit.log'").length === 1);
  await sleep(200);
  const once = await run(hello, [], { env: LOGGED });
  expect(once).toMatchObject({ code: 0, stdout: 'Hello, world!\n' });
  await until(() => rowsOf(at, hello).filter(({ trust, nr }) => trust === 'kernel' && nr === 231).length === 1);
  await daemon.end();
  // Nobody listens to netlink meanwhile; auditd's file has it.
  await run(hello, [], { env: LOGGED });
  const again = daemonIn(at, sources);
  const truth = () => recordsIn(auditd.log, hello);
  await until(() => truth().length >= 10 && seenOf(at, truth()) === truth().length);
  await again.end();
  await auditd.stop();

  const all = count(truth().map(({ nr }) => nr));
  const first = count(
    truth()
      .slice(0, truth().length / 2)
      .map(({ nr }) => nr),
  );
  const of = (trust: string) => rowsOf(at, hello).filter((row) => row.trust === trust);
  expect(Object.fromEntries(of('kernel').map(({ nr, count: times }) => [nr, times]))).toEqual(first);
  for (const { nr, count: times } of of('file')) {
    // auditd may have been faster than we: then its word came first, and the kernel's was counted beside it.
    expect(times).toBeGreaterThanOrEqual((all[nr] ?? 0) - (first[nr] ?? 0));
    expect(times).toBeLessThanOrEqual(all[nr] ?? 0);
  }
  expect(of('forgeable')).toEqual([]);
  expect(await suggested(at, hello)).toEqual(LIST);
});

test('what users write into rsyslog by both ways is counted as forgeable and widens nothing', async () => {
  const at = openPlace();
  const hello = build(at, 'hello', 'native/examples/hello.c');
  const rsyslog = started(await startRsyslog(join(at, 'rsyslog')));
  const daemon = daemonIn(at, `[[source]]\nkind = "netlink"\n[[source]]\nkind = "kmsg"\n${fileSource(rsyslog.log)}`);
  await daemon.said(/^ready$/);
  await run(hello, [], { env: LOGGED });
  await until(() => rowsOf(at, hello).filter(({ trust }) => trust === 'kernel').length === 5);

  const [{ serial, ms } = { serial: 0, ms: 0 }] = ask<{ serial: number; ms: number }>(
    at,
    'SELECT max(serial_to) AS serial, at_ms AS ms FROM seen ORDER BY at_ms DESC LIMIT 1',
  );
  const record = (number: number, nr: number) =>
    `audit: type=1326 audit(${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, '0')}:${number}): auid=0 uid=0 gid=0 ses=1 pid=1 comm="hello" exe="${hello}" sig=0 arch=c000003e syscall=${nr} compat=0 ip=0x7f code=0x7ffc0000`;
  // 1. /dev/log, as the kernel's own facility: rsyslog takes the sender's word for it.
  const time = new Date().toString().slice(4, 10) + new Date().toTimeString().slice(0, 8).padStart(9);
  writeToSyslog(forge, rsyslog.socket, `<5>${time} kernel: [ 1676.220000] ${record(serial + 1000, 169)}`);
  // 2. CAP_AUDIT_WRITE: a newline in a user's audit message makes a line of its own in /proc/kmsg.
  await untilPrinted(rsyslog.log, () => writeToAudit(forge, `x\n${record(serial + 2000, 175)}`), 'syscall=175');

  const lines = readFileSync(rsyslog.log, 'utf8').split('\n');
  const shape = /^\S+ \S+ kernel: \[ *\d+\.\d+\] audit: type=1326 audit\(\d+\.\d+:\d+\): auid=.* code=0x7ffc0000'?/;
  for (const nr of [169, 175])
    expect(lines.filter((line) => line.includes(`syscall=${nr} `) && shape.test(line))).toHaveLength(1);
  await until(() => rowsOf(at, hello).some(({ nr }) => nr === 169) || daemon.child.exitCode !== null);
  const genuine = rowsOf(at, hello).filter(({ trust }) => trust === 'kernel');
  expect(genuine.map(({ nr }) => nr)).toEqual([1, 12, 231, 262, 318]);
  expect(rowsOf(at, hello).filter(({ nr }) => nr === 169 || nr === 175)).toContainEqual({
    trust: 'forgeable',
    nr: 169,
    count: 1,
  });
  expect(rowsOf(at, hello).filter(({ nr, trust }) => nr === 175 && trust !== 'forgeable')).toEqual([]);
  expect(await suggested(at, hello)).toEqual(LIST);
  expect(await suggested(at, hello, '--trust', 'forgeable')).toContain('reboot');
  const { stdout } = await profiler(['status', '--db', join(at, 'p.db')]);
  expect(stdout).toMatch(/forgeable \d+/);
  expect(stdout).toMatch(/kern\.log/);
});

test('a listener that was killed is started again, and what it missed is told as lost', async () => {
  const at = openPlace();
  const [seen, missed, after] = ['seen', 'missed', 'after'].map((name) => build(at, name, 'native/examples/hello.c'));
  if (!seen || !missed || !after) throw new Error('three programs');
  const daemon = daemonIn(at, '[[source]]\nkind = "netlink"');
  await daemon.said(/^ready$/);
  await run(seen, [], { env: LOGGED });
  await until(() => rowsOf(at, seen).length === 5);
  const children = readFileSync(`/proc/${daemon.child.pid}/task/${daemon.child.pid}/children`, 'utf8')
    .trim()
    .split(' ');
  expect(children).toHaveLength(1);
  process.kill(Number(children[0]), 'SIGKILL');
  expect(await daemon.said(/audit-listen ended with SIGKILL/)).toMatchObject({
    level: 'warn',
    source: 'daemon:netlink',
  });
  await run(missed, [], { env: LOGGED });
  await sleep(1500);
  await run(after, [], { env: LOGGED });
  await until(() => rowsOf(at, after).length === 5);
  expect(rowsOf(at, missed)).toEqual([]);
  // The hole is told by itself when no late record can fill it.
  await until(() =>
    ask<{ count: number }>(at, "SELECT count FROM loss WHERE reason = 'carrier-restart'").some(
      ({ count: lost }) => lost >= 5,
    ),
  );
});

test('observe beside a daemon on the same database: its run is whole, and each call counts once', async () => {
  const at = openPlace();
  const hello = build(at, 'hello', 'native/examples/hello.c');
  const daemon = daemonIn(at, '[[source]]\nkind = "netlink"');
  await daemon.said(/^ready$/);
  const host = ['--db', join(at, 'p.db')];
  const observed = await profiler(['observe', ...host, '--', hello]);
  expect(observed, observed.stderr).toMatchObject({ code: 0, stdout: 'Hello, world!\n' });
  await sleep(300);
  const { stdout } = await profiler(['runs', ...host, '--exe', hello, '--json']);
  const { runs } = JSON.parse(stdout) as {
    runs: { kind: string; records: number; calls: number; lost: number | null }[];
  };
  expect(runs).toMatchObject([{ kind: 'observed', calls: 5 }]);
  const alone = join(at, 'alone.db');
  await profiler(['observe', '--db', alone, '--', hello]);
  const { stdout: other } = await profiler(['runs', '--db', alone, '--exe', hello, '--json']);
  expect(runs[0]?.records).toBe((JSON.parse(other) as { runs: { records: number }[] }).runs[0]?.records);
});

test('journald, which has each record twice, brings it once, and the daemon goes on after its cursor', async () => {
  const at = openPlace();
  const hello = build(at, 'hello', 'native/examples/hello.c');
  const enabled = auditEnabled();
  const journald = started(await startJournald(join(at, 'journal')));
  const config = `[[source]]\nkind = "journal"\ndirectory = "${journald.log}"`;
  const exits = () => rowsOf(at, hello).find(({ trust, nr }) => trust === 'kernel' && nr === 231)?.count ?? 0;
  const daemon = daemonIn(at, config);
  await daemon.said(/^ready$/);
  await run(hello, [], { env: LOGGED });
  await until(() => exits() === 1);
  const first = rowsOf(at, hello);
  await daemon.end('SIGKILL');
  await run(hello, [], { env: LOGGED });
  const again = daemonIn(at, config);
  await until(() => exits() === 2);
  await again.end();
  expect(rowsOf(at, hello)).toEqual(first.map((row) => ({ ...row, count: row.count * 2 })));
  expect(first.map(({ nr }) => nr)).toEqual([1, 12, 231, 262, 318]);
  expect(ask<{ cursor: string }>(at, 'SELECT cursor FROM source')[0]?.cursor).toMatch(
    /"at":"\{\\"after\\":\\"s=[0-9a-f]{32};i=/,
  );
  expect(await suggested(at, hello)).toEqual(LIST);
  await journald.stop();
  expect(auditEnabled()).toBe(enabled);
});
