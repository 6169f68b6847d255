import { once } from 'node:events';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { build, NATIVE, run, scratch } from './cli.ts';
import { ask, configure, counted, type Running, rowsOf, startDaemon, until as untilWithin } from './daemon.ts';
import { type Listener, startListenService, startOracle, statusOf } from './listener.ts';

/** `audit-listen --serve` between the kernel and daemons that crash, hang and come again. */
const KILLS = Number(process.env['PROFILER_SWEEP'] ?? 8);
const BURSTS = Math.max(20, 2 * KILLS);
const BURST = 1000;
const LOGGED = {
  ...process.env,
  LD_PRELOAD: join(NATIVE, 'libsandbox.so'),
  SECCOMP_SYSCALL_ALLOW: '',
  SECCOMP_DEFAULT_ACTION: 'log',
  SECCOMP_QUIET: '1',
};

/** Others use the machine too. */
const until = (what: () => boolean) => untilWithin(what, 30_000);

let folder: ReturnType<typeof scratch>;
let socket: string;
let config: string;
let stops: (() => Promise<unknown>)[];
beforeEach(() => {
  folder = scratch();
  socket = join(folder.path, 'socket');
  config = configure(folder.path, `[[source]]\nkind = "netlink"\nsocket = "${socket}"`);
  stops = [];
});
afterEach(async () => {
  for (const stop of stops.reverse()) await stop();
  folder.remove();
});

async function listener(...options: readonly string[]): Promise<Listener> {
  const one = await startListenService(socket, options);
  stops.push(() => one.end('SIGKILL'));
  return one;
}

function daemon(): Running {
  const one = startDaemon(config);
  stops.push(() => (one.child.exitCode === null && one.child.signalCode === null ? one.end('SIGKILL') : one.gone));
  return one;
}

async function oracle(): Promise<Listener> {
  const one = await startOracle(join(folder.path, 'oracle'));
  stops.push(() => one.end('SIGKILL'));
  return one;
}

/** What the kernel said of a program: how often each call, and the serials. */
function truthOf(said: string, exe: string) {
  const lines = said.split('\n').filter((line) => line.startsWith('type=1326 ') && line.includes(` exe="${exe}" `));
  const counts = new Map<number, number>();
  for (const line of lines) {
    const nr = Number(/ syscall=(\d+) /.exec(line)?.[1]);
    counts.set(nr, (counts.get(nr) ?? 0) + 1);
  }
  const rows = [...counts].sort(([a], [b]) => a - b).map(([nr, count]) => ({ trust: 'kernel', nr, count }));
  const serials = lines.map((line) => Number(/audit\(\d+\.\d+:(\d+)\)/.exec(line)?.[1]));
  return { rows, serials, total: lines.length };
}

const seen = () =>
  ask<{ from: number; to: number }>(folder.path, 'SELECT serial_from AS "from", serial_to AS "to" FROM seen');
const losses = () => ask<{ reason: string; count: number }>(folder.path, 'SELECT reason, count FROM loss');

test(
  `a daemon that is killed ${KILLS} times while records are made has each of them once, and knows of no loss`,
  async () => {
    const burst = build(folder.path, 'burst', 'test/live/programs/burst.c');
    const truth = await oracle();
    await listener();
    let made = 0;
    const making = (async () => {
      for (; made < BURSTS; made++) {
        await run(burst, [String(BURST)], { env: LOGGED });
        await sleep(Math.random() * 300);
      }
    })();
    for (let kills = 0; kills < KILLS; kills++) {
      const one = daemon();
      // Half of them while it starts and catches up, half while it follows.
      if (kills % 2 === 0) await sleep(Math.random() * 700);
      else await one.said(/^ready$/).then(() => sleep(Math.random() * 400));
      expect((await one.end('SIGKILL')).signal).toBe('SIGKILL');
    }
    await making;
    const last = daemon();
    await last.said(/^ready$/);
    await until(() => truthOf(truth.said(), burst).total === counted(folder.path));
    await last.end();
    await truth.end();
    const { rows, serials, total } = truthOf(truth.said(), burst);
    expect(truth.said()).not.toContain('#loss');
    expect(total).toBeGreaterThan(BURSTS * (BURST + 20));
    expect(rowsOf(folder.path, burst)).toEqual(rows);
    const spans = seen();
    expect(serials.filter((serial) => !spans.some(({ from, to }) => from <= serial && serial <= to))).toEqual([]);
    expect(losses()).toEqual([]);
    // It goes on after the very line that is stored: nothing even came twice.
    expect(ask(folder.path, 'SELECT duplicates, rejected FROM source')).toEqual([{ duplicates: 0, rejected: 0 }]);
    process.stderr.write(`listen-service: ${KILLS} kills, ${total} records, each counted once\n`);
  },
  60_000 + KILLS * 3000,
);

test('a listener that dies is told of and joined again; what it had not handed over is told as missing', async () => {
  const [before, missed, after] = ['before', 'missed', 'after'].map((name) =>
    build(folder.path, name, 'native/examples/hello.c'),
  ) as [string, string, string];
  const first = await listener();
  const one = daemon();
  await one.said(/^ready$/);
  await run(before, [], { env: LOGGED });
  await until(() => rowsOf(folder.path, before).length === 5);
  await first.end('SIGKILL');
  expect(await one.said(/the listener ended$/, 30_000)).toMatchObject({ level: 'warn', source: 'daemon:netlink' });
  await run(missed, [], { env: LOGGED });
  await listener();
  await run(after, [], { env: LOGGED });
  // Those who were made before it was joined again are held for it.
  await until(() => rowsOf(folder.path, after).length === 5);
  expect(rowsOf(folder.path, missed)).toEqual([]);
  await until(() => losses().some(({ reason, count }) => reason === 'serial-gap' && count >= 5));
  expect(new Set(rowsOf(folder.path, after).map(({ trust }) => trust))).toEqual(new Set(['kernel']));
});

test('a daemon that hangs while more comes than is held loses what it is told that it lost', async () => {
  const burst = build(folder.path, 'burst', 'test/live/programs/burst.c');
  const hello = build(folder.path, 'hello', 'native/examples/hello.c');
  const truth = await oracle();
  await listener('--hold=1');
  const one = daemon();
  await one.said(/^ready$/);
  one.child.kill('SIGSTOP');
  await run(burst, ['20000'], { env: LOGGED });
  const second = createConnection(socket);
  const [refusal] = await once(
    second.once('connect', () => second.write('netlink\n')),
    'data',
  );
  expect(String(refusal)).toBe('#refused netlink: it has another reader\n');
  one.child.kill('SIGCONT');
  const stored = () => rowsOf(folder.path, burst).reduce((sum, { count }) => sum + count, 0);
  const lost = () => losses().reduce((sum, { reason, count }) => sum + (reason === 'enobufs' ? count : 0), 0);
  const of = () => truthOf(truth.said(), burst).total;
  // A loss stands between two records: it is stored with the one after it.
  await until(() => of() > 20_000 && stored() > 2000);
  await run(hello, [], { env: LOGGED });
  await until(() => rowsOf(folder.path, hello).length === 5 && stored() + lost() >= of());
  await truth.end();
  const all = truth
    .said()
    .split('\n')
    .filter((line) => line.startsWith('type=')).length;
  expect(lost()).toBeGreaterThan(5000);
  expect(stored()).toBeGreaterThan(2000);
  // Records of others may be among the lost.
  expect(stored() + lost()).toBeLessThanOrEqual(all);
});

test('started by root it gives up root and every capability; told to end, it says what nobody has taken', async () => {
  const hello = build(folder.path, 'hello', 'native/examples/hello.c');
  const one = await startListenService(socket, [], 0);
  stops.push(() => one.end('SIGKILL'));
  const status = statusOf(one.child);
  expect(status).toMatch(/^Uid:\t65534\t65534\t65534\t65534$/m);
  for (const set of ['Prm', 'Eff', 'Bnd', 'Amb']) expect(status).toMatch(new RegExp(`^Cap${set}:\t0+$`, 'm'));
  expect(status).toMatch(/^NoNewPrivs:\t1$/m);
  const truth = await oracle();
  await run(hello, [], { env: LOGGED });
  await until(() => truthOf(truth.said(), hello).total >= 5);
  expect(await one.end()).toBe(0);
  expect(
    Number(/^audit-listen: netlink: no reader has taken (\d+) lines/m.exec(one.said())?.[1]),
  ).toBeGreaterThanOrEqual(5);
});

test('what was not handed over is told', async () => {
  const listen = join(NATIVE, 'audit-listen');
  expect(await run(listen, ['--serve'])).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(
      /^audit-listen: nobody can connect: .*: start it by profiler-listen\.socket\n$/,
    ) as unknown,
  });
  for (const words of [
    ['--serve', '--kmsg'],
    ['--serve', '--status'],
    ['--hold=0', '--serve'],
    ['--hold=8x', '--serve'],
    ['--serve', '--hold=5000'],
    ['--serve', 'x'],
  ])
    expect(await run(listen, words)).toMatchObject({ code: 2 });
});
