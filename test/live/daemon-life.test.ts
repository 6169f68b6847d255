import { appendFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { auditLog, hello, T0 } from '../app/audit-lines.ts';
import { record } from '../observe/records.ts';
import { profiler, scratch } from './cli.ts';
import { configure, counted, fileSource, type Running, startDaemon, until } from './daemon.ts';
import { startManager } from './service-manager.ts';

let folder: ReturnType<typeof scratch>;
let running: Running[] = [];
beforeEach(() => {
  folder = scratch();
});
afterEach(async () => {
  for (const one of running) if (one.child.exitCode === null && one.child.signalCode === null) await one.end('SIGKILL');
  running = [];
  folder.remove();
});

function start(config: string, env: NodeJS.ProcessEnv = {}): Running {
  const one = startDaemon(config, env);
  running.push(one);
  return one;
}

const lines = (from: number, count: number) =>
  Array.from({ length: count }, (_, at) => auditLog(record([T0 + ((from + at) >> 4), from + at]))).join('');

test('one daemon a database; a broken configuration changes nothing, a new one does; SIGTERM stores and ends within 2 s', async () => {
  const [first, second] = ['audit.log', 'other.log'].map((name) => join(folder.path, name));
  if (!first || !second) throw new Error('two logs');
  writeFileSync(first, hello().map(auditLog).join(''), { mode: 0o600 });
  const config = configure(folder.path, fileSource(first));
  const daemon = start(config);
  expect(await daemon.said(/^ready$/)).toMatchObject({ level: 'info', sources: 1, pid: daemon.child.pid });
  await until(() => counted(folder.path) === 5);

  const refused = await profiler(['daemon', '--config', config]);
  expect(refused.code).toBe(3);
  expect(refused.stderr).toMatch(
    new RegExp(
      `p\\.db: another profiler daemon stores there already \\(pid ${daemon.child.pid}, since 20[-\\dT:.]+Z\\)`,
    ),
  );
  // Whoever is no daemon may store beside it, and brings nothing that is there.
  expect((await profiler(['import', '--db', join(folder.path, 'p.db'), '--host', 'vm', first])).stderr).toMatch(
    /0 new records, 5 counted before/,
  );

  writeFileSync(config, 'sources = 3\n');
  daemon.child.kill('SIGHUP');
  expect(await daemon.said(/stays in force/)).toMatchObject({
    level: 'error',
    msg: expect.stringMatching(/profiler\.toml: .*want a table in double brackets.*sources: unknown key/),
  });
  appendFileSync(first, lines(1000, 10));
  await until(() => counted(folder.path) === 15);

  writeFileSync(second, lines(2000, 7), { mode: 0o600 });
  configure(folder.path, fileSource(first) + fileSource(second), '[log]\nlevel = "debug"');
  daemon.child.kill('SIGHUP');
  expect(await daemon.said(/was read again/)).toMatchObject({ sources: 2 });
  await until(() => counted(folder.path) === 22);

  const status = (await profiler(['status', '--db', join(folder.path, 'p.db')])).stdout;
  expect(status).toMatch(new RegExp(`^  daemon +pid ${daemon.child.pid}, since 20`, 'm'));
  expect(status).toMatch(
    /^  source +daemon:\S+\/other\.log \(audit-log, file\): 7 records, 0 rejected, 0 seen before, last read 20/m,
  );

  appendFileSync(second, lines(3000, 2000));
  await until(() => counted(folder.path) > 22);
  const asked = Date.now();
  expect(await daemon.end()).toEqual({ code: null, signal: 'SIGTERM' });
  expect(Date.now() - asked).toBeLessThan(2000);
  expect(daemon.lines.at(-1)?.msg).toBe('ended');
  expect(daemon.lines.find(({ msg }) => msg === 'status')).toMatchObject({ rejected: 0, lost: expect.any(Number) });
  expect(daemon.words).toEqual([]);
  expect((await profiler(['status', '--db', join(folder.path, 'p.db')])).stdout).toMatch(
    /^  daemon +none that is known of$/m,
  );

  const again = start(config);
  await until(() => counted(folder.path) === 2022);
  await again.end();
  expect(counted(folder.path)).toBe(2022);
});

test('what stands against a start is one line', async () => {
  const config = configure(folder.path, fileSource('/nowhere/at.log', 'carier = "syslog"'));
  const refused = await profiler(['daemon', '--config', config]);
  expect(refused).toMatchObject({ code: 2, stderr: 'profiler: profiler.toml: source[0].carier: unknown key\n' });
  expect(await profiler(['daemon', '--config', config, '--check'])).toMatchObject({ code: 2, stderr: refused.stderr });
  configure(folder.path, fileSource('/nowhere/at.log'));
  expect(await profiler(['daemon', '--config', config, '--check'])).toMatchObject({
    code: 0,
    stdout: `${config}: fine: 1 source\n`,
  });
});

test('standard input is read to its end, and then so is the daemon', async () => {
  const config = configure(folder.path, '[[source]]\nkind = "stdin"');
  const ended = await profiler(['daemon', '--config', config], { input: hello().map(auditLog).join('').trimEnd() });
  expect(ended.code, ended.stderr).toBe(0);
  expect(counted(folder.path)).toBe(5);
});

test.for(['path', 'abstract'])(
  'the service manager is told: ready, reloading, watchdog, stopping (%s socket)',
  async (kind) => {
    const socket = kind === 'path' ? join(folder.path, 'notify') : `@profiler-test-${process.pid}`;
    const { told, stop } = await startManager(socket);
    try {
      const config = configure(folder.path, fileSource(join(folder.path, 'not-there-yet.log')));
      const daemon = start(config, { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '200000' });
      await until(() => told.some((message) => message.startsWith('READY=1\nSTATUS=')));
      await until(() => told.filter((message) => message === 'WATCHDOG=1').length >= 2);
      daemon.child.kill('SIGHUP');
      await until(() => told.filter((message) => message.startsWith('READY=1\n')).length === 2);
      const reloading = told.find((message) => message.startsWith('RELOADING=1\nMONOTONIC_USEC='));
      const micros = Number(reloading?.split('=').at(-1));
      expect(Math.abs(Number(process.hrtime.bigint() / 1000n) - micros)).toBeLessThan(5_000_000);
      await daemon.end();
      await until(() => told.includes('STOPPING=1'));
    } finally {
      stop();
    }
  },
);

test('ready means that each source is read or has failed, and waits no longer than 5 s for one that hangs', async () => {
  const notify = join(folder.path, 'notify');
  const silent = join(folder.path, 'silent');
  // It accepts, and never says a word.
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(silent, resolve));
  const { told, stop } = await startManager(notify);
  const ready = () => told.filter((message) => message.startsWith('READY=1\n'));
  const held = (kind: string, socket: string) => `[[source]]\nkind = "${kind}"\nsocket = "${socket}"\n`;
  try {
    const config = configure(folder.path, held('kmsg', join(folder.path, 'none')) + held('netlink', silent));
    const daemon = start(config, { NOTIFY_SOCKET: notify });
    expect(await daemon.said(/none: there is no such socket/)).toMatchObject({ level: 'warn', source: 'daemon:kmsg' });
    expect(ready()).toEqual([]);
    await until(() => ready().length === 1);
    expect(ready()[0]).toMatch(/^READY=1\nSTATUS=reading 2 sources; daemon:kmsg: \S+none: there is no such socket: /);
    expect(await daemon.end()).toEqual({ code: null, signal: 'SIGTERM' });
  } finally {
    stop();
    server.close();
  }
});

test('a service manager that is not there is told of, and hinders nothing', async () => {
  const log = join(folder.path, 'audit.log');
  writeFileSync(log, lines(1, 3), { mode: 0o600 });
  const daemon = start(configure(folder.path, fileSource(log)), { NOTIFY_SOCKET: join(folder.path, 'none') });
  expect(await daemon.said(/service manager is not told/)).toMatchObject({ level: 'warn' });
  await until(() => counted(folder.path) === 3);
});
