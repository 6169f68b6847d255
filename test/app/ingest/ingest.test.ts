import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../../src/store/open.ts';
import { record } from '../../observe/records.ts';
import { freshStore, temporary } from '../../store/helpers.ts';
import { auditLog, hello, syslog, T0 } from '../audit-lines.ts';
import { counted, HandSource, listen, newIngest, spec, tallies, text, until } from './world.ts';

const AUDIT = { carrier: 'audit-log', trust: 'file' } as const;
const SYSLOG = { carrier: 'syslog', trust: 'forgeable' } as const;
const netlink = (one: Parameters<typeof auditLog>[0]) => auditLog(one).replace('SECCOMP', '1326');
const NETLINK = { carrier: 'netlink', trust: 'kernel' } as const;

test('what a source brings is stored soon, with its cursor, and gone on with', async () => {
  const store = freshStore();
  const source = new HandSource('/log');
  const first = newIngest(store);
  await first.apply([spec(source, AUDIT)]);
  source.give(text(hello().map(auditLog).join(''), 'five'));
  await until(() => counted(store) === 5);
  await first.stop();
  expect(store.sources()).toMatchObject([{ source: 'daemon:/log', carrier: 'audit-log', trust: 'file', records: 5 }]);

  const again = newIngest(store);
  await again.apply([spec(source, AUDIT)]);
  source.give(text(auditLog(record([T0 + 9, 110])), 'six'));
  await until(() => counted(store) === 6);
  expect(source.asked).toEqual([undefined, 'five']);
  expect(store.sources()).toMatchObject([{ records: 6, duplicates: 0 }]);
});

test('a batch and its cursor stand or fall together: no half line moves the cursor', async () => {
  const store = freshStore();
  const source = new HandSource('/log');
  const ingest = newIngest(store);
  await ingest.apply([spec(source, AUDIT)]);
  const [one, two] = hello().map(auditLog);
  source.give(text(one ?? '', 'a'), text(two?.slice(0, 40) ?? '', 'b'));
  await until(() => counted(store) === 1 && source.taken === 2);
  await ingest.stop();
  expect(JSON.parse(store.sources()[0]?.cursor ?? '')).toMatchObject({ at: 'a' });
});

test('any number of carriers of one event count it once', async () => {
  const store = freshStore();
  const ingest = newIngest(store);
  const sources = ['netlink', '/audit.log', '/kern.log'].map((name) => new HandSource(name));
  await ingest.apply(sources.map((source, at) => spec(source, [NETLINK, AUDIT, SYSLOG][at] ?? AUDIT)));
  const lines = [netlink, auditLog, syslog('vm')].map((form) => hello().map(form).join(''));
  for (const [at, source] of sources.entries()) {
    source.give(text(lines[at] ?? ''));
    await until(() => store.sources().length === at + 1);
  }
  expect(counted(store)).toBe(5);
  expect(new Set(tallies(store).map(({ trust }) => trust))).toEqual(new Set(['kernel']));
  expect(store.runs({})).toHaveLength(1);
});

test('a forged line that carries a coming serial suppresses and alters nothing', async () => {
  const clean = freshStore();
  const store = freshStore();
  const real = hello();
  // The same serials and stamps, other calls; then the exit that would end the process before its time.
  const forged = real.map((one) => syslog('vm')({ ...one, nr: 59, exe: '/tmp/evil' })).join('');
  const exit = syslog('vm')(record([T0, 99], { nr: 231, pid: 4242 }));
  for (const [to, lines] of [
    [clean, undefined],
    [store, `${exit}${forged}`],
  ] as const) {
    const ingest = newIngest(to);
    const [kern, audit] = [new HandSource('/kern.log'), new HandSource('/audit.log')];
    await ingest.apply([spec(kern, SYSLOG), spec(audit, AUDIT)]);
    if (lines !== undefined) {
      kern.give(text(lines));
      await until(() => counted(to) === 6);
    }
    audit.give(text(real.map(auditLog).join('')));
    await until(() => counted(to) === (lines === undefined ? 5 : 11));
    await ingest.stop();
  }
  const trusted = (from: typeof store) =>
    tallies(from)
      .filter(({ trust }) => trust === 'file')
      .map(({ runId: _runId, ...tally }) => tally);
  expect(trusted(store)).toEqual(trusted(clean));
  const runs = new Set(tallies(store).flatMap(({ trust, runId }) => (trust === 'file' ? [runId] : [])));
  expect(runs.size).toBe(1);
  expect(store.sources().map(({ source, duplicates }) => [source, duplicates])).toContainEqual([
    'daemon:/audit.log',
    0,
  ]);
});

test('what is missing is found across a restart, and what the source tells is stored once', async () => {
  const store = freshStore();
  const source = new HandSource('netlink');
  const loss = {
    reason: 'enobufs',
    fromMs: undefined,
    toMs: undefined,
    certainty: 'unknown',
    count: undefined,
    text: 'overrun',
  } as const;
  for (const serial of [100, 108]) {
    const ingest = newIngest(store);
    await ingest.apply([spec(source, NETLINK)]);
    source.give({ ...text(netlink(record([T0 + serial, serial]))), losses: serial === 100 ? [loss] : [] });
    await until(() => store.sources()[0]?.records === (serial === 100 ? 1 : 2));
    await ingest.stop();
  }
  // A gap is told when no record can fill it any more.
  const ingest = newIngest(store);
  await ingest.apply([spec(source, NETLINK)]);
  source.give(text(Array.from({ length: 300 }, (_, at) => netlink(record([T0 + 200, 109 + at]))).join('')));
  await until(() => counted(store) === 302);
  const losses = store.losses(store.runs({}).map((run) => run.id));
  expect(losses.map(({ reason, count }) => [reason, count])).toEqual(
    expect.arrayContaining([
      ['enobufs', undefined],
      ['serial-gap', 7],
    ]),
  );
  expect(losses).toHaveLength(2);
});

test('a forged line fills no hole that a better source has; a line of the same worth does', async () => {
  const store = freshStore();
  const ingest = newIngest(store);
  const [kern, audit, other] = ['/kern.log', '/audit.log', '/copy.log'].map((name) => new HandSource(name));
  if (!kern || !audit || !other) throw new Error('three sources');
  await ingest.apply([spec(kern, SYSLOG), spec(audit, AUDIT), spec(other, AUDIT)]);
  const holes = () => store.losses(store.runs({}).map(({ id }) => id)).map(({ reason, count }) => [reason, count]);
  const event = (ms: number, serial: number) => record([T0 + ms, serial]);
  audit.give(text([event(0, 100), event(10, 104), event(6000, 105)].map(auditLog).join('')));
  await until(() => holes().length === 1);
  expect(holes()).toEqual([['serial-gap', 3]]);
  kern.give(text([101, 102, 103].map((serial) => syslog('vm')(event(5, serial))).join('')));
  await until(() => counted(store) === 6);
  kern.give(text([201, 202].map((serial) => syslog('vm')(event(7, serial))).join('')));
  await until(() => counted(store) === 8);
  expect(holes()).toContainEqual(['serial-gap', 3]);
  other.give(text([101, 102].map((serial) => auditLog(event(5, serial))).join('')));
  await until(() => holes().some(([, count]) => count === 1));
});

test('while another program holds the database the sources are held too; then all is stored', async () => {
  const path = join(temporary(), 'held.db');
  const store = openStore(path, { busyTimeoutMs: 1 });
  onTestFinished(() => store.close());
  const log = listen();
  const source = new HandSource('/log');
  const ingest = newIngest(store, { records: 100 }, log);
  await ingest.apply([spec(source, AUDIT)]);
  const other = new Database(path);
  other.prepare('BEGIN IMMEDIATE').run();
  const batch = (at: number) => Array.from({ length: 60 }, (_, n) => auditLog(record([T0 + at, at * 60 + n]))).join('');
  for (let at = 0; at < 50; at++) source.give(text(batch(at), String(at)));
  await until(() => log.lines.length === 2);
  await sleep(250);
  expect(source.taken).toBeLessThan(4);
  expect(log.lines[1]).toMatch(/^error: .*another program holds it locked.*the source is held/);
  expect(ingest.figures).toMatchObject([{ source: 'daemon:/log', recordMs: expect.any(Number) }]);
  expect(ingest.figures[0]?.stuckMs).toBeGreaterThan(100);
  other.prepare('ROLLBACK').run();
  other.close();
  await until(() => counted(store) === 3000);
  expect(log.lines).toContainEqual('info: the store takes records again: nothing is lost');
  expect(store.sources()).toMatchObject([{ records: 3000, duplicates: 0 }]);
});

test('a source that fails is told and read again from its place; the others do not notice', async () => {
  const store = freshStore();
  const log = listen();
  const ingest = newIngest(store, {}, log);
  const [bad, good] = [new HandSource('/bad'), new HandSource('/good')];
  await ingest.apply([spec(bad, AUDIT), spec(good, AUDIT)]);
  const [one, two, three] = hello().map(auditLog);
  bad.give(text(one ?? '', 'one'), text('type=SECC', 'half'), new Error('it broke'), text(two ?? '', 'two'));
  good.give(text(three ?? ''));
  await until(() => counted(store) === 2);
  await until(() => counted(store) === 3);
  expect(bad.asked).toEqual([undefined, 'one']);
  expect(log.lines).toContainEqual('warn: it broke');
  expect(store.sources().map(({ rejected }) => rejected)).toEqual([0, 0]);
});

test('a file that others may write from now on is forgeable from now on', async () => {
  const store = freshStore();
  const ingest = newIngest(store);
  const source = new HandSource('/audit.log');
  let trust: 'file' | 'forgeable' = 'file';
  await ingest.apply([spec(source, () => ({ carrier: 'audit-log', trust }))]);
  source.give(text(auditLog(record([T0, 1]))));
  await until(() => counted(store) === 1);
  trust = 'forgeable';
  source.give(text(auditLog(record([T0, 2]))));
  await until(() => counted(store) === 2);
  expect(
    tallies(store)
      .map((one) => one.trust)
      .sort(),
  ).toEqual(['file', 'forgeable']);
  expect(store.sources()).toMatchObject([{ records: 2 }]);
});

test('a change of what is asked for stops and starts no more than that', async () => {
  const store = freshStore();
  const ingest = newIngest(store);
  const [stays, goes, comes] = ['stays', 'goes', 'comes'].map((name) => new HandSource(name));
  if (!stays || !goes || !comes) throw new Error('three sources');
  await ingest.apply([spec(stays, AUDIT), spec(goes, AUDIT)]);
  await until(() => stays.asked.length + goes.asked.length === 2);
  await ingest.apply([spec(stays, AUDIT), spec(comes, AUDIT)]);
  await until(() => comes.asked.length === 1);
  expect([stays.asked.length, goes.asked.length]).toEqual([1, 1]);
  expect(ingest.figures.map(({ source }) => source)).toEqual(['daemon:stays', 'daemon:comes']);
});

test('begun: once each source is read or has failed once, those of a set too; what is stored is told to its source', async () => {
  const store = freshStore();
  const ingest = newIngest(store);
  const [one, other, bad] = ['/one', '/other', '/bad'].map((name) => new HandSource(name));
  if (!one || !other || !bad) throw new Error('three sources');
  let more: () => void = () => undefined;
  const set = {
    name: '/o*',
    async *sources(_signal: AbortSignal, looked?: () => void) {
      yield other;
      await new Promise<void>((resolve) => (more = resolve));
      looked?.();
    },
  };
  await ingest.apply([spec(one, AUDIT), spec(bad, AUDIT), { key: set.name, source: set, kindOf: () => () => AUDIT }]);
  let begun = false;
  const waiting = ingest.begun().then(() => (begun = true));
  await until(() => [one, other, bad].every(({ asked }) => asked.length === 1));
  for (const step of [() => bad.give(new Error('no')), one.begin, other.begin]) {
    step();
    await sleep(10);
    expect(begun).toBe(false);
  }
  more();
  await waiting;
  one.give(text(hello().map(auditLog).join(''), 'five'));
  await until(() => one.committed.length > 0);
  expect(one.committed).toEqual(['five']);
  expect(counted(store)).toBe(5);
});

test('with every source at its end, so is the whole', async () => {
  const store = freshStore();
  const ingest = newIngest(store);
  const finite = {
    name: 'stdin',
    async *batches() {
      yield text(hello().map(auditLog).join('').slice(0, -1));
    },
  };
  await ingest.apply([spec(finite, AUDIT)]);
  await ingest.ended;
  expect(counted(store)).toBe(5);
});
