import { appendFileSync, existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StoreStatus } from '../../src/app/status/status.ts';
import { auditLog, dmesg, hello, syslog } from '../app/audit-lines.ts';
import { ask, freePort, type To } from '../daemon/metrics/ask.ts';
import { readExposition, valueOf } from '../daemon/metrics/exposition.ts';
import { profiler, scratch } from './cli.ts';
import { configure, counted, fileSource, type Running, startDaemon, until } from './daemon.ts';

let folder: ReturnType<typeof scratch>;
let daemon: Running | undefined;
beforeEach(() => {
  folder = scratch();
});
afterEach(async () => {
  if (daemon?.child.exitCode === null && daemon.child.signalCode === null) await daemon.end('SIGKILL');
  folder.remove();
});

function start(config: string): Running {
  daemon = startDaemon(config);
  return daemon;
}

const samples = async (to: To) => {
  const { status, body } = await ask(to);
  expect(status).toBe(200);
  return readExposition(body);
};

/** Sockets that a process listens at: those of its descriptors that /proc/net calls listening. */
function listening(pid: number): string[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap(
      (fd) => /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [],
    ),
  );
  const rows = (file: string) => readFileSync(`/proc/net/${file}`, 'latin1').trim().split('\n').slice(1);
  const tcp = ['tcp', 'tcp6'].flatMap(rows).map((row) => row.trim().split(/\s+/));
  const unix = rows('unix').map((row) => row.trim().split(/\s+/));
  return [
    ...tcp
      .filter(([, , , state, , , , , , inode]) => state === '0A' && inodes.has(inode ?? ''))
      .map(([, local]) => local ?? ''),
    ...unix
      .filter(([, , , flags, , , inode]) => flags === '00010000' && inodes.has(inode ?? ''))
      .map((row) => row[7] ?? ''),
  ];
}

test('figures are those of status, by socket and loopback; SIGHUP adds, moves and takes away; SIGTERM ends it in time', async () => {
  const hostile = join(folder.path, 'audit"{}\\.log');
  const [audit, kern] = ['audit.log', 'kern.log'].map((name) => join(folder.path, name)) as [string, string];
  const forged = hello({ serial: 500, pid: 7 }).map(syslog('vm')).join('');
  const lost = dmesg(hello()[0] as never).replace(/audit: .*/, 'kauditd_printk_skb: 12 callbacks suppressed');
  writeFileSync(
    audit,
    `${hello().map(auditLog).join('')}${hello({ ms: 900, serial: 115, pid: 8 }).map(auditLog).join('')}`,
    { mode: 0o600 },
  );
  appendFileSync(
    audit,
    'type=LOGIN msg=audit(1795310001.000:120): pid=1 uid=0 old-auid=0 auid=0 tty=(none) old-ses=1 ses=2 res=1\n',
  );
  appendFileSync(audit, 'type=SECCOMP msg=audit(1795310001.000:121): auid=x\n');
  writeFileSync(kern, forged + lost.replace(/^\[.*?\] /, '2026-11-22T01:33:36.452691+00:00 vm kernel: [ 1739.9] '));
  writeFileSync(hostile, hello().map(auditLog).join(''), { mode: 0o600 });
  const sources =
    [audit, kern].map((path) => fileSource(path)).join('') +
    fileSource(hostile.replace('\\', '\\\\').replace('"', '\\"'));
  const config = configure(folder.path, sources);
  const { child, said } = start(config);
  await said(/^ready$/, 30_000);
  await until(() => counted(folder.path) === 15, 30_000);
  // Nothing listens, and nothing of it is loaded.
  expect(listening(child.pid ?? 0)).toEqual([]);

  const socket = join(folder.path, 'metrics.sock');
  const port = await freePort();
  configure(folder.path, sources, `[metrics]\nsocket = "${socket}"\nlisten = "127.0.0.1:${port}"`);
  child.kill('SIGHUP');
  await said(/was read again/, 30_000);
  const bySocket = await samples({ socketPath: socket });
  const byPort = await samples({ host: '127.0.0.1', port });
  const stored = ({ name }: { readonly name: string }) =>
    name.startsWith('profiler_records') || name.startsWith('profiler_lo');
  expect(byPort.filter(stored)).toEqual(bySocket.filter(stored));
  expect(listening(child.pid ?? 0)).toHaveLength(2);

  const { stdout } = await profiler(['status', '--json', '--db', join(folder.path, 'p.db')]);
  const status = JSON.parse(stdout) as StoreStatus;
  const sum = (name: string, labels = {}) =>
    byPort
      .filter(
        (one) => one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value),
      )
      .reduce((total, { value }) => total + value, 0);
  for (const trust of ['kernel', 'file', 'forgeable'] as const)
    expect(sum('profiler_records_total', { type: 'seccomp', trust }), trust).toBe(status.records[trust]);
  expect(valueOf(byPort, 'profiler_records_total', { carrier: 'syslog', type: 'seccomp', trust: 'forgeable' })).toBe(5);
  expect(sum('profiler_records_total', { type: 'login' })).toBe(1);
  const of = (figure: 'rejected' | 'duplicates') => status.sources.reduce((total, source) => total + source[figure], 0);
  expect(sum('profiler_rejected_total')).toBe(of('rejected'));
  expect(
    valueOf(byPort, 'profiler_rejected_total', { reason: 'truncated' }) +
      valueOf(byPort, 'profiler_rejected_total', { reason: 'bad-number' }),
  ).toBe(1);
  expect(sum('profiler_duplicates_total')).toBe(of('duplicates'));
  expect(of('duplicates')).toBe(5);
  expect(valueOf(byPort, 'profiler_sources')).toBe(3);
  expect(sum('profiler_source_up')).toBe(3);
  expect(sum('profiler_source_lag_seconds')).toBe(0);
  expect(valueOf(byPort, 'profiler_source_up', { source: `daemon:${hostile.replace('\\', '\\x5c')}` })).toBe(1);
  expect(valueOf(byPort, 'profiler_source_last_record_seconds', { source: `daemon:${audit}` })).toBeGreaterThan(0);
  expect(valueOf(byPort, 'profiler_database_bytes', { file: 'database' })).toBeGreaterThanOrEqual(4096);
  expect(valueOf(byPort, 'process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
  expect(byPort.find(({ name }) => name === 'profiler_build_info')?.labels['node']).toBe(process.versions.node);

  // Batches are measured from then on; the gap is told when it is old enough.
  appendFileSync(audit, hello({ ms: 60_000, serial: 130, pid: 9 }).map(auditLog).join(''));
  await until(() => counted(folder.path) === 20, 30_000);
  let after = await samples({ socketPath: socket });
  expect(valueOf(after, 'profiler_batch_seconds_count')).toBeGreaterThanOrEqual(1);
  expect(valueOf(after, 'profiler_batch_records_sum')).toBeGreaterThanOrEqual(5);
  for (
    const end = Date.now() + 30_000;
    valueOf(after, 'profiler_lost_records_total', { reason: 'serial-gap' }) < 10;
  ) {
    if (Date.now() > end) throw new Error('no loss was told');
    after = await samples({ socketPath: socket });
  }

  const moved = await freePort();
  configure(folder.path, sources, `[metrics]\nlisten = "127.0.0.1:${moved}"`);
  child.kill('SIGHUP');
  await until(() => !existsSync(socket), 30_000);
  await until(
    () =>
      daemon?.lines.some(({ metrics, msg }) => metrics === `127.0.0.1:${moved}` && msg === 'metrics are served') ===
      true,
    30_000,
  );
  expect((await ask({ host: '127.0.0.1', port: moved })).status).toBe(200);
  await expect(ask({ host: '127.0.0.1', port })).rejects.toThrow(/ECONNREFUSED/);

  // What a client holds open does not hold the end.
  const held = connect(moved, '127.0.0.1').on('error', () => undefined);
  held.write('GET /metrics HTTP/1.1\r\n');
  await new Promise((resolve) => held.once('connect', resolve));
  const asked = Date.now();
  expect(await daemon?.end()).toEqual({ code: null, signal: 'SIGTERM' });
  expect(Date.now() - asked).toBeLessThan(2000);
  held.destroy();
  expect(JSON.stringify(daemon?.lines)).not.toMatch(/"error"|"fatal"/);
});

test('what keeps metrics from being served is told, and nothing else stops', async () => {
  const log = join(folder.path, 'audit.log');
  writeFileSync(log, hello().map(auditLog).join(''), { mode: 0o600 });
  const taken = join(folder.path, 'file');
  writeFileSync(taken, 'mine');
  start(configure(folder.path, fileSource(log), `[metrics]\nsocket = "${taken}"`));
  expect(await daemon?.said(/metrics are not served/, 30_000)).toMatchObject({
    level: 'error',
    msg: expect.stringMatching(/is no socket, want another path/),
  });
  await until(() => counted(folder.path) === 5, 30_000);
  expect(readFileSync(taken, 'utf8')).toBe('mine');
});
