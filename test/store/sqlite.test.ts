import { expect, test } from 'vitest';
import { freshStore, LOG, NO_BATCH, newRun, newTally } from './helpers.ts';

test('a run comes back as it was stored, with its sessions, end, records and calls', () => {
  const store = freshStore();
  const id = store.beginRun(newRun());
  store.addSession(id, 8);
  store.addSession(id, 8);
  const tallies = [newTally({ runId: id, count: 3 }), newTally({ runId: id, nr: 231 })];
  store.append({ ...NO_BATCH, tallies });
  expect(store.runs({})).toEqual([
    { ...newRun(), id, end: undefined, sessions: [7, 8], records: 4, calls: 2, lost: 0 },
  ]);
  const end = {
    endedMs: 1_000_100,
    complete: false,
    why: 'killed',
    exitCode: undefined,
    exitSignal: 'SIGSYS',
    newCalls: 2,
  };
  store.endRun(id, end);
  expect(store.runs({})[0]?.end).toEqual(end);
  expect(store.tallies([id])).toEqual(tallies);
});

test('what is unknown stays undefined', () => {
  const store = freshStore();
  const none = {
    name: undefined,
    argv: [],
    buildId: undefined,
    sha256: undefined,
    host: undefined,
    bootId: undefined,
    ses: undefined,
    pid: undefined,
    uid: undefined,
    kernel: undefined,
    libc: undefined,
  };
  const id = store.beginRun(newRun(none));
  expect(store.runs({})).toEqual([
    { ...newRun(none), id, end: undefined, sessions: [], records: 0, calls: 0, lost: 0 },
  ]);
});

test('counts add up, times widen, and the sample is the first by time and serial in any order', () => {
  const store = freshStore();
  const runId = store.beginRun(newRun());
  const late = newTally({ runId, count: 2, firstMs: 30, lastMs: 40, sampleSerial: 9, sampleIp: 'late' });
  const early = newTally({ runId, count: 5, firstMs: 10, lastMs: 20, sampleSerial: 80, sampleIp: 'early' });
  const tie = newTally({ runId, count: 1, firstMs: 10, lastMs: 10, sampleSerial: 79, sampleIp: 'tie' });
  for (const tally of [late, early, tie]) store.append({ ...NO_BATCH, tallies: [tally] });
  expect(store.tallies([runId])).toEqual([
    newTally({ runId, count: 8, firstMs: 10, lastMs: 40, sampleSerial: 79, sampleIp: 'tie' }),
  ]);
});

test('exe, ABI, number, action and trust are kept apart, as large as the kernel makes them', () => {
  const store = freshStore();
  const runId = store.beginRun(newRun());
  const tallies = [
    newTally({ runId, exe: '/a' }),
    newTally({ runId, exe: '/b', archToken: 0x40000003 }),
    newTally({ runId, exe: '/b', nr: -1 }),
    newTally({ runId, exe: '/b', nr: 1073741934 }),
    newTally({ runId, exe: '/c', code: 0x80000000, count: 2 ** 40 }),
    newTally({ runId, exe: '/c', code: LOG, trust: 'file' }),
  ];
  store.append({ ...NO_BATCH, tallies });
  const stored = store.tallies([runId]);
  expect(stored).toHaveLength(tallies.length);
  expect(stored).toEqual(expect.arrayContaining(tallies));
  expect(store.exes()).toEqual(['/a', '/b', '/c', '/opt/hello']);
});

test('runs are chosen by id, exe, tallied exe, name, stage, kind and limit, newest first', () => {
  const store = freshStore();
  const a = store.beginRun(newRun({ startedMs: 1, name: 'web' }));
  const b = store.beginRun(newRun({ startedMs: 3, stage: 'launcher', exe: '/opt/b' }));
  const c = store.beginRun(newRun({ startedMs: 2, kind: 'inferred', stage: 'unknown', argv: [] }));
  store.append({
    ...NO_BATCH,
    tallies: [newTally({ runId: b, exe: '/bin/ls' }), newTally({ runId: b, nr: 2, exe: '/bin/ls' })],
  });
  const ids = (query: Parameters<typeof store.runs>[0]) => store.runs(query).map((run) => run.id);
  expect(ids({})).toEqual([b, c, a]);
  expect(ids({ limit: 2 })).toEqual([b, c]);
  expect(ids({ ids: [a, c] })).toEqual([c, a]);
  expect(ids({ exe: '/opt/hello' })).toEqual([c, a]);
  expect(ids({ tallyExe: '/bin/ls' })).toEqual([b]);
  expect(ids({ name: 'web' })).toEqual([a]);
  expect(ids({ stage: 'launcher' })).toEqual([b]);
  expect(ids({ kind: 'inferred' })).toEqual([c]);
  expect(ids({ kind: 'inferred', stage: 'preload' })).toEqual([]);
  expect(store.invocations()).toEqual([
    { exe: '/opt/b', argv0: './hello' },
    { exe: '/opt/hello', argv0: undefined },
    { exe: '/opt/hello', argv0: './hello' },
  ]);
});

test('the same program at another content is another program of the same path', () => {
  const store = freshStore();
  store.beginRun(newRun({ startedMs: 1 }));
  store.beginRun(newRun({ startedMs: 2, sha256: 'c2' }));
  expect(store.runs({ exe: '/opt/hello' }).map((run) => run.sha256)).toEqual(['c2', 'c1']);
});

test("a run's losses add up; one of unknown size makes the sum unknown", () => {
  const store = freshStore();
  const runId = store.beginRun(newRun());
  const loss = { runId, reason: 'enobufs', fromMs: 1, toMs: 2, certainty: 'exact', count: 4, text: 'x' } as const;
  store.append({ ...NO_BATCH, losses: [loss, { ...loss, certainty: 'at-most', count: 3 }] });
  expect(store.runs({})[0]?.lost).toBe(7);
  const unknown = { ...loss, certainty: 'unknown', count: undefined, fromMs: undefined, toMs: undefined } as const;
  store.append({ ...NO_BATCH, losses: [unknown] });
  expect(store.runs({})[0]?.lost).toBeUndefined();
  expect(store.losses([runId])).toEqual([unknown, { ...loss, certainty: 'at-most', count: 3 }, loss]);
});

test('atomically leaves nothing of what threw, nested or not', () => {
  const store = freshStore();
  const failing = () =>
    store.atomically(() => {
      const runId = store.beginRun(newRun());
      store.append({ ...NO_BATCH, tallies: [newTally({ runId })] });
      throw new Error('stop');
    });
  expect(failing).toThrow('stop');
  expect(store.runs({})).toEqual([]);
  expect(store.exes()).toEqual([]);
});

test('a batch is all or nothing', () => {
  const store = freshStore();
  const runId = store.beginRun(newRun());
  const seen = [{ host: 'vm', trust: 'kernel', type: 1326, bootId: '', atMs: 5, serialFrom: 1, serialTo: 2 }] as const;
  const bad = { ...NO_BATCH, seen, tallies: [newTally({ runId }), newTally({ runId: 999 })] };
  expect(() => store.append(bad)).toThrow(/FOREIGN KEY/);
  expect(store.tallies([runId])).toEqual([]);
  expect(store.seenAt('vm', 5)).toEqual([]);
});

test('spans are kept by host, millisecond and trust; a merged one replaces its parts', () => {
  const store = freshStore();
  const span = { host: 'vm', trust: 'kernel', type: 1326, bootId: '', atMs: 5, serialFrom: 1, serialTo: 2 } as const;
  const others = [{ ...span, host: 'web' }, { ...span, atMs: 6 }, { ...span, trust: 'file' } as const];
  store.append({ ...NO_BATCH, seen: [span, { ...span, serialFrom: 4, serialTo: 4 }, ...others] });
  store.append({ ...NO_BATCH, seen: [{ ...span, serialTo: 5 }] });
  const at5 = store.seenAt('vm', 5);
  expect(at5).toContainEqual({ ...span, serialTo: 5 });
  expect(at5).toContainEqual({ ...span, trust: 'file' });
  expect(at5).toHaveLength(2);
  expect(store.seenAt('web', 5)).toEqual([{ ...span, host: 'web' }]);
  expect(store.seenAt('nowhere', 5)).toEqual([]);
});

test('a record of a session belongs to its observed run while that lasted, on that host', () => {
  const store = freshStore();
  const id = store.beginRun(newRun({ startedMs: 1000 }));
  expect(store.observedRun('vm', 7, 995)).toBe(id);
  expect(store.observedRun('vm', 7, 900)).toBeUndefined();
  expect(store.observedRun('vm', 7, 1000 + 3_600_001)).toBeUndefined();
  store.endRun(id, { endedMs: 2000, complete: true, why: undefined, exitCode: 0, exitSignal: undefined, newCalls: 0 });
  expect(store.observedRun('vm', 7, 2000)).toBe(id);
  expect(store.observedRun('vm', 7, 2001)).toBeUndefined();
  expect(store.observedRun('vm', 8, 1500)).toBeUndefined();
  expect(store.observedRun('web', 7, 1500)).toBeUndefined();
});

test('a source keeps its last cursor', () => {
  const store = freshStore();
  const source = {
    source: '/var/log/audit/audit.log',
    carrier: 'audit.log',
    trust: 'file',
    cursor: '{"offset":10}',
  } as const;
  const first = { ...source, records: 3, rejected: 0, duplicates: 1, atMs: 7 };
  store.append({ ...NO_BATCH, source: first });
  store.append({ ...NO_BATCH, source: { ...first, cursor: '{"offset":20}', records: 5 } });
  expect(store.sources()).toEqual([{ ...first, cursor: '{"offset":20}', records: 5 }]);
});
