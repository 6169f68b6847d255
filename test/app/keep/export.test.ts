import { createHash } from 'node:crypto';
import { chmodSync, chownSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { importDatabase } from '../../../src/app/import/database.ts';
import { exportStore } from '../../../src/app/keep/export.ts';
import type { Trust } from '../../../src/record/trust.ts';
import type { ExchangeRow } from '../../../src/store/exchange.ts';
import { openStore } from '../../../src/store/open.ts';
import type { Merged, SeenSpan, Store } from '../../../src/store/store.ts';
import { memoryStore, NO_BATCH, newRun, newTally, temporary } from '../../store/helpers.ts';
import { auditLog, hello } from '../audit-lines.ts';
import { profiler } from '../context.ts';

/** None, and two. */
const BOOTS = ['', 'a'.repeat(32), 'b'.repeat(32)];
const GOES_ON = new AbortController().signal;

function exported(store: Store): string {
  let text = '';
  exportStore(store, '1.2.3', (part) => (text += part), GOES_ON);
  return text;
}

async function* pieces(text: string | Buffer, size = 100): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function taken(store: Store, text: string | Buffer, atMost: Trust = 'kernel', size?: number): Promise<Merged> {
  const request = { source: 'x', store, atMost, signal: GOES_ON, progress: () => undefined, also: () => undefined };
  return importDatabase(pieces(text, size), request);
}

/** What is stored, without the numbers that a database gives. */
function content(store: Store): unknown[] {
  const places = new Map<number, number>();
  return [...store.rows()].map((row) => {
    if (row.row === 'run') {
      places.set(row.id, places.size);
      return { ...row, id: places.get(row.id) };
    }
    return 'run' in row && row.run !== null ? { ...row, run: places.get(row.run) } : row;
  });
}

/** Lines with a true end, for what only their content is wrong of. */
function sealed(lines: readonly object[]): string {
  const rows = { run: 0, tally: 0, argument: 0, loss: 0, origin: 0, seen: 0, access: 0, manual: 0, source: 0 };
  for (const line of lines.slice(1)) rows[(line as ExchangeRow).row]++;
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  return `${text}${JSON.stringify({ row: 'end', rows, sha256: createHash('sha256').update(text).digest('hex') })}\n`;
}

const ARGUMENT = {
  exe: '/opt/hello',
  archToken: 0xc000003e,
  nr: 1,
  code: 0x7ffc0000,
  trust: 'kernel',
  index: 1,
} as const;

/** One database with a bit of everything. */
function small(): Store {
  const store = memoryStore();
  const a = store.beginRun(newRun({ name: 'nightly\u001b[31m', argv: ['a b', '\\x0a'] }));
  store.append({
    ...NO_BATCH,
    tallies: [newTally({ runId: a }), newTally({ runId: a, nr: 2, trust: 'file', count: 2 ** 40 })],
    args: [
      { ...ARGUMENT, runId: a, value: 'f'.repeat(16), count: 3 },
      { ...ARGUMENT, runId: a, value: undefined, count: 5 },
    ],
    losses: [{ runId: a, reason: 'enobufs', certainty: 'unknown', count: undefined, text: 'o', fromMs: 1, toMs: 2 }],
  });
  store.addSession(a, 8);
  store.endRun(a, { endedMs: 9, complete: true, why: undefined, exitCode: 0, exitSignal: undefined, newCalls: 2 });
  const b = store.beginRun(
    newRun({ kind: 'inferred', stage: 'unknown', argv: [], buildId: undefined, name: undefined }),
  );
  const key = { runId: b, host: 'vm', ses: 7, pid: 100, bootId: undefined, forgeable: true };
  store.append({
    tallies: [newTally({ runId: b, trust: 'forgeable' })],
    processes: [{ ...key, lastExe: '/opt/hello', mayExec: true, firstMs: 1, lastMs: 2, exit: { atMs: 2, serial: 3 } }],
    losses: [
      {
        runId: undefined,
        host: 'vm',
        reason: 'serial-gap',
        certainty: 'at-most',
        count: 3,
        text: 'g',
        fromMs: 5,
        toMs: 6,
        afterSerial: 1,
        beforeSerial: 5,
        ordinal: 0,
        trust: 'file',
      },
    ],
    seen: [{ host: 'vm', atMs: 5, trust: 'kernel', type: 1326, bootId: BOOTS[1] ?? '', serialFrom: 50, serialTo: 60 }],
    source: {
      source: '/var/log/x',
      carrier: 'audit-log',
      trust: 'file',
      cursor: '{"at":1}',
      records: 1,
      rejected: 0,
      duplicates: 0,
      atMs: 3,
    },
  });
  return store;
}

const withoutSources = (rows: unknown[]): unknown[] => rows.filter((row) => (row as ExchangeRow).row !== 'source');

test('the file is a header, rows and an end with their counts and the sha256 of what stands before', () => {
  const text = exported(small());
  const lines = text.trimEnd().split('\n');
  expect(lines[0]).toBe('{"format":"profiler-database","schema":2,"version":"1.2.3"}');
  const end = lines.at(-1) ?? '';
  expect(JSON.parse(end)).toEqual({
    row: 'end',
    rows: { run: 2, tally: 3, argument: 2, loss: 2, origin: 0, seen: 1, access: 0, manual: 0, source: 1 },
    sha256: createHash('sha256')
      .update(text.slice(0, -end.length - 1))
      .digest('hex'),
  });
});

test('what is exported and imported is the same, once or twice; cursors are not taken over', async () => {
  const [from, to] = [small(), memoryStore()];
  const merged = await taken(to, exported(from));
  expect(merged).toMatchObject({ runs: 2, knownRuns: 0, known: 0, losses: 2, lost: undefined });
  expect(merged.added).toEqual({ kernel: 1, file: 2 ** 40, forgeable: 1 });
  expect(content(to)).toEqual(withoutSources(content(from)));
  expect(to.sources()).toEqual([]);
  const again = await taken(to, exported(from));
  expect(again).toMatchObject({ runs: 0, knownRuns: 2, known: 2 ** 40 + 2, losses: 0, lost: 0 });
  expect(again.added).toEqual({ kernel: 0, file: 0, forgeable: 0 });
  expect(content(to)).toEqual(withoutSources(content(from)));
});

const serial = fc.nat(40);
const someTally = fc.record({
  exe: fc.constantFrom('/a', '/b \\x0a', '/ü'),
  nr: fc.integer({ min: -1, max: 4 }),
  code: fc.constantFrom(0x7ffc0000, 0x80000000),
  trust: fc.constantFrom<Trust>('kernel', 'file', 'forgeable'),
  count: fc.integer({ min: 1, max: 9 }),
  firstMs: fc.nat(9),
  sampleSerial: serial,
});
const someArgument = fc.record({
  trust: fc.constantFrom<Trust>('kernel', 'forgeable'),
  index: fc.nat(1),
  value: fc.constantFrom('0', '2', 'ff', undefined),
  count: fc.integer({ min: 1, max: 9 }),
});
const someRun = fc.record({
  kind: fc.constantFrom('observed' as const, 'inferred' as const),
  exe: fc.constantFrom('/a', '/b \\x0a'),
  host: fc.constantFrom('vm', 'web', undefined),
  ses: fc.constantFrom(undefined, 1, 2),
  startedMs: fc.nat(3),
  tallies: fc.array(someTally, { maxLength: 5 }),
  args: fc.array(someArgument, { maxLength: 5 }),
  // A run that both databases hold has one end, which one of them may not have seen yet.
  complete: fc.constantFrom(undefined, true),
});
const someSpan = fc.record({
  atMs: fc.nat(1),
  trust: fc.constantFrom<Trust>('kernel', 'forgeable'),
  type: fc.constantFrom(1300, 1326),
  bootId: fc.constantFrom(...BOOTS),
  from: serial,
  length: fc.nat(9),
});
const someStore = fc.record({ runs: fc.array(someRun, { maxLength: 5 }), spans: fc.array(someSpan, { maxLength: 6 }) });

function built({ runs, spans }: typeof someStore extends fc.Arbitrary<infer Value> ? Value : never): Store {
  const store = memoryStore();
  for (const { tallies, args, complete, ...run } of runs) {
    const runId = store.beginRun(newRun({ ...run, stage: run.kind === 'inferred' ? 'unknown' : 'preload' }));
    const lastMs = 20;
    store.append({
      ...NO_BATCH,
      tallies: tallies.map((tally) => newTally({ ...tally, lastMs, runId })),
      args: args.map((one) => ({ ...ARGUMENT, ...one, runId })),
    });
    if (complete === undefined || run.kind === 'inferred') continue;
    store.endRun(runId, { endedMs: 30, complete, why: undefined, exitCode: 0, exitSignal: undefined, newCalls: 0 });
  }
  // As src/observe/seen.ts makes them: they touch none of theirs, and overlap none of those that have a boot, or have none.
  for (const { from, length, ...span } of spans) {
    const there = store.seenAt('vm', span.atMs).filter(({ trust, type }) => trust === span.trust && type === span.type);
    const meets = (one: SeenSpan, by: number) => one.serialFrom <= from + length + by && one.serialTo >= from - by;
    const isSame = (one: SeenSpan) => one.bootId === span.bootId;
    if (
      there.some((one) => meets(one, isSame(one) ? 1 : 0) && (isSame(one) || one.bootId === '' || span.bootId === ''))
    )
      continue;
    store.append({ ...NO_BATCH, seen: [{ host: 'vm', ...span, serialFrom: from, serialTo: from + length }] });
  }
  return store;
}

interface Place {
  readonly atMs: number;
  readonly trust: Trust;
  readonly type: number;
  readonly at: number;
}

/** The boots that a serial is seen of, each once; '' is none that is known. */
function bootsAt(store: Store, { atMs, trust, type, at }: Place): readonly string[] {
  const holding = store
    .seenAt('vm', atMs)
    .filter((one) => one.trust === trust && one.type === type && one.serialFrom <= at && at <= one.serialTo);
  return holding.map(({ bootId }) => bootId).sort();
}

/** A boot that is known takes the place of none. */
function united(...boots: readonly (readonly string[])[]): readonly string[] {
  const all = [...new Set(boots.flat())].sort();
  return all.length > 1 ? all.filter((boot) => boot !== '') : all;
}

test('law: a round trip gives every tally, run and span; twice gives the same; two databases in any order hold both', async () => {
  await fc.assert(
    fc.asyncProperty(someStore, someStore, fc.integer({ min: 1, max: 300 }), async (first, second, size) => {
      const [a, b, to, back] = [built(first), built(second), memoryStore(), memoryStore()];
      const [textA, textB] = [exported(a), exported(b)];
      await taken(to, textA, 'kernel', size);
      expect(content(to)).toEqual(content(a));
      await taken(to, textA);
      expect(content(to)).toEqual(content(a));
      await taken(to, textB);
      const both = content(to);
      const twice = await taken(to, textB);
      expect(twice.runs).toBe(0);
      expect(content(to)).toEqual(both);
      await taken(back, textB);
      await taken(back, textA);
      const of = (rows: unknown[], row: string) =>
        rows
          .filter((one) => (one as ExchangeRow).row === row)
          .map((one) => JSON.stringify({ ...(one as object), id: 0, run: 0 }));
      for (const row of ['run', 'tally', 'argument', 'seen'])
        expect(of(content(back), row).sort()).toEqual(of(both, row).sort());
      for (const atMs of [0, 1])
        for (const trust of ['kernel', 'forgeable'] as const)
          for (const type of [1300, 1326])
            for (let at = 0; at < 50; at++)
              expect(bootsAt(to, { atMs, trust, type, at })).toEqual(
                united(...[a, b].map((one) => bootsAt(one, { atMs, trust, type, at }))),
              );
      for (const store of [a, b, to, back]) store.close();
    }),
    { numRuns: 40 },
  );
}, 20_000);

test('cut at any byte, or with any byte changed, it is refused, and nothing of it is stored', async () => {
  const bytes = Buffer.from(exported(small()));
  const to = memoryStore();
  for (let length = 0; length < bytes.length; length++) {
    await expect(taken(to, bytes.subarray(0, length), 'kernel', 4096)).rejects.toThrow(
      /^x:\d+: .*cut|^x:\d+: want one JSON/,
    );
  }
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 0x01;
    await expect(taken(to, changed, 'kernel', 4096)).rejects.toThrow(/^x:\d+: /);
  }
  expect(content(to)).toEqual([]);
}, 120_000);

const HEADER = { format: 'profiler-database', schema: 2, version: '1' };
const RUN = { ...[...small().rows()][0], id: 1 };
/** Schema 1 did not tell it. */
function withoutStdout(row: object): object {
  const { stdout: _stdout, ...rest } = row as { readonly stdout?: unknown };
  return rest;
}
const ARGUMENT_ROW = { ...[...small().rows()].find(({ row }) => row === 'argument'), run: 1 };
const SEEN = { row: 'seen', host: 'vm', atMs: 1, trust: 'file', type: 1326, bootId: null, serialFrom: 1, serialTo: 2 };
const TALLY = { ...[...small().rows()][1], run: 1 };

test.for([
  [
    [{ ...HEADER, schema: 3, version: '9\u001b[31m' }],
    'x:1: schema: want 2 or less: profiler 9\\x1b[31m made it with 3',
  ],
  [[{ ...HEADER, more: 1 }], 'x:1: Unrecognized key: "more"'],
  [[HEADER, { ...RUN, exe: '/a\n' }], 'x:2: exe: want printable text'],
  [[HEADER, { ...RUN, argv: ['\\'] }], 'x:2: argv.0: want printable text'],
  [[HEADER, { ...RUN, host: '\u202e' }], 'x:2: host: want printable text'],
  [[HEADER, { ...RUN, kind: 'true' }], 'x:2: kind: '],
  [[HEADER, RUN, { ...TALLY, count: 0 }], 'x:3: count: '],
  [[HEADER, RUN, { ...TALLY, count: 2 ** 50 }], 'x:3: count: '],
  [[HEADER, RUN, { ...TALLY, nr: 1.5 }], 'x:3: nr: '],
  [[HEADER, RUN, { ...TALLY, trust: 'root' }], 'x:3: trust: '],
  [[HEADER, TALLY], 'x:2: run: want it after run 1'],
  [[HEADER, RUN, { ...TALLY, run: 2 }], 'x:3: run: want it after run 2'],
  [[HEADER, { row: 'none' }], 'x:2: row: '],
  [[HEADER, { ...SEEN, serialFrom: 2, serialTo: 1 }], 'x:2: want no less'],
  [[HEADER, RUN, { ...ARGUMENT_ROW, value: '0x1' }], 'x:3: value: want a hexadecimal number'],
  [[HEADER, RUN, { ...ARGUMENT_ROW, value: '1'.repeat(17) }], 'x:3: value: want a hexadecimal number'],
  [[HEADER, RUN, { ...ARGUMENT_ROW, index: 6 }], 'x:3: index: '],
  [[{ ...HEADER, schema: 1 }, withoutStdout(RUN), ARGUMENT_ROW], 'x:3: row: '],
  [[{ ...HEADER, schema: 1 }, RUN], 'x:2: Unrecognized key: "stdout"'],
  [[HEADER, { ...SEEN, bootId: 'x' }], 'x:2: bootId: want 32 hexadecimal digits'],
  [[HEADER, { ...SEEN, type: undefined }], 'x:2: type: '],
  [[{ ...HEADER, schema: 1 }, SEEN], 'x:2: Unrecognized keys: "type", "bootId"'],
] as const)('hostile content %#: $1', async ([lines, message]) => {
  const to = memoryStore();
  await expect(taken(to, sealed(lines))).rejects.toThrow(message.replace('x:2: want no less', 'want no less'));
  expect(content(to)).toEqual([]);
});

test('lines after the end, and lines without one, are refused', async () => {
  const text = exported(small());
  await expect(taken(memoryStore(), `${text}\n`)).rejects.toThrow('want nothing after the end');
  const long = `${text.split('\n')[0]}\n${'x'.repeat(17 * 1024 * 1024)}`;
  await expect(taken(memoryStore(), long, 'kernel', 1_048_576)).rejects.toThrow('x:2: the line is longer than');
});

/** A database with an observed run and a log's records, and its export in a file. */
async function files() {
  const directory = temporary();
  const [db, file, log] = ['profiler.db', 'evidence.ndjson', 'audit.log'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(log, hello({ pid: 9, exe: '/opt/logged' }).map(auditLog).join(''), { mode: 0o600 });
  const store = openStore(db);
  const runId = store.beginRun(newRun());
  store.append({ ...NO_BATCH, tallies: [1, 231].map((nr) => newTally({ runId, nr })) });
  store.endRun(runId, { endedMs: 9, complete: true, why: undefined, exitCode: 0, exitSignal: undefined, newCalls: 0 });
  store.close();
  await profiler(['import', '--db', db, log]);
  const told = await profiler(['export', '--db', db, file]);
  return { db, file, log, told, to: join(directory, 'to.db') };
}

test('by the commands: the other database suggests the same, and counts the log that it holds already as seen', async () => {
  const { db, file, log, told, to } = await files();
  expect(told).toEqual({ outcome: 0, stdout: '', stderr: `${file}: 2 runs, 7 tallies, 0 losses, 1 span\n` });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const { outcome, stderr } = await profiler(['import', '--db', to, file]);
  expect([outcome, stderr]).toEqual([0, `${file}: database, 7 new records (2 kernel, 5 file), 2 new runs\n`]);
  for (const exe of ['hello', 'logged']) {
    const [there, here] = await Promise.all(
      [db, to].map((one) => profiler(['suggest', '--json', '--exe', exe, '--db', one])),
    );
    expect(here).toEqual(there);
    expect(here?.outcome).toBe(0);
  }
  expect((await profiler(['import', '--db', to, file])).stderr).toContain('0 new records, 7 counted before');
  expect((await profiler(['import', '--db', to, log])).stderr).toContain('0 new records, 5 counted before');
  expect(await profiler(['export', '--db', db, file])).toMatchObject({
    outcome: 3,
    stderr: expect.stringContaining('--force'),
  });
  expect(await profiler(['export', '--db', db, '--force', file])).toMatchObject({ outcome: 0 });
}, 30_000);

test('a pipe, and a file that others may write, is forgeable whatever it says, unless --trust', async () => {
  const { db, file, to } = await files();
  const piped = (await profiler(['export', '--db', db])).stdout;
  const suggest = (one: string) => profiler(['suggest', '--exe', 'hello', '--db', one]);
  const first = await profiler(['import', '--db', to, '-'], { input: gzipSync(piped) });
  expect(first.stderr).toContain('7 new records (7 forgeable), 2 new runs\n  forgeable: it came by a pipe;');
  expect(await suggest(to)).toMatchObject({ outcome: 3, stderr: expect.stringContaining('is forgeable') });
  expect((await profiler(['import', '--db', `${to}2`, '--trust', 'kernel', '-'], { input: piped })).stderr).toContain(
    '2 kernel, 5 file',
  );
  expect(await suggest(`${to}2`)).toMatchObject({ outcome: 0 });
  expect((await profiler(['import', '--db', `${to}3`, '--trust', 'file', '-'], { input: piped })).stderr).toContain(
    '7 file',
  );
  chmodSync(file, 0o666);
  expect((await profiler(['import', '--db', `${to}4`, file])).stderr).toContain(
    'forgeable: others may write it (mode 666)',
  );
  chmodSync(file, 0o600);
  chownSync(file, 65534, 65534);
  expect((await profiler(['import', '--db', `${to}5`, file])).stderr).toContain('7 forgeable');
});

test('a forged export takes no true record in: its observed run is a log’s, without sessions and end', async () => {
  const { log, to } = await files();
  await profiler(['import', '--db', to, log]);
  const suggest = () => profiler(['suggest', '--json', '--exe', 'logged', '--db', to]);
  const before = await suggest();
  const forged = openStore(join(temporary(), 'forged.db'));
  const runId = forged.beginRun(newRun({ exe: '/opt/logged', ses: 4294967295, startedMs: 1 }));
  forged.append({ ...NO_BATCH, tallies: [newTally({ runId, nr: 59, exe: '/opt/logged' })] });
  forged.addSession(runId, 77);
  forged.endRun(runId, {
    endedMs: 9e12,
    complete: true,
    why: undefined,
    exitCode: 0,
    exitSignal: undefined,
    newCalls: 0,
  });
  const input = exported(forged);
  forged.close();
  await profiler(['import', '--db', to, '-'], { input });
  const store = openStore(to, { readonly: true });
  const { kind, stage, sessions, end } = store.runs({}).find((one) => one.startedMs === 1) ?? {};
  expect({ kind, stage, sessions, end }).toEqual({ kind: 'inferred', stage: 'unknown', sessions: [], end: undefined });
  expect(store.observedRun('vm', 77, 100)).toBeUndefined();
  store.close();
  const rules = (told: { stdout: string }) =>
    (JSON.parse(told.stdout) as { rules: { nr: number }[] }).rules.map((rule) => rule.nr);
  expect(rules(await suggest())).toEqual(rules(before));
});

test('an interrupted import stores nothing, and a cut gzip file neither', async () => {
  const { file, to } = await files();
  const packed = `${file}.gz`;
  writeFileSync(packed, gzipSync(readFileSync(file)).subarray(0, -20), { mode: 0o600 });
  const cut = await profiler(['import', '--db', to, packed]);
  expect(cut.outcome).toBe(3);
  expect(cut.stderr).toContain('ends in the middle');
  const request = { source: 'x', atMost: 'kernel', progress: () => undefined, also: () => undefined } as const;
  const signal = AbortSignal.abort();
  const other = memoryStore();
  const stopped = importDatabase(pieces(readFileSync(file)), { ...request, store: other, signal });
  await expect(stopped).rejects.toThrow('x: interrupted: nothing of it was stored');
  expect([...other.rows()]).toEqual([]);
  const store = openStore(to, { readonly: true });
  expect([...store.rows()]).toEqual([]);
  store.close();
});

test('an export of schema 1 is read: its events are of type 1326 and of no known boot', async () => {
  const rows = [...small().rows()].filter(({ row }) => row !== 'argument');
  const old = rows.map((row) => {
    if (row.row !== 'seen') return withoutStdout(row);
    const { type: _type, bootId: _bootId, ...span } = row;
    return span;
  });
  const text = sealed([{ ...HEADER, schema: 1 }, ...old]).replaceAll(/"(?:argument|origin|access|manual)":0,/g, '');
  const to = memoryStore();
  await taken(to, text);
  expect(to.seenAt('vm', 5)).toMatchObject([{ type: 1326, bootId: '', serialFrom: 50, serialTo: 60 }]);
  expect(content(to)).toHaveLength(rows.length - 1);
  await taken(to, exported(small()));
  // The same spans, by now of a known boot.
  expect(to.seenAt('vm', 5)).toMatchObject([{ type: 1326, bootId: BOOTS[1], serialFrom: 50, serialTo: 60 }]);
  await taken(to, text);
  expect(content(to)).toEqual(withoutSources(content(small())));
});

test('arguments are no more trusted than the file, and more values than are kept apart are counted together', async () => {
  const from = memoryStore();
  const to = memoryStore();
  for (const [store, base] of [
    [from, 0],
    [to, 1000],
  ] as const) {
    const runId = store.beginRun(newRun({ kind: 'inferred', stage: 'unknown' }));
    const args = Array.from({ length: 60 }, (_, at) => ({
      ...ARGUMENT,
      runId,
      value: (base + at).toString(16),
      count: 2,
    }));
    store.append({ ...NO_BATCH, args });
  }
  const sums = (trust: Trust) => {
    const rows = to.args(to.runs({}).map(({ id }) => id)).filter((row) => row.trust === trust);
    return [rows.length, rows.reduce((sum, { count }) => sum + count, 0)];
  };
  await taken(to, exported(from), 'file');
  expect([sums('kernel'), sums('file')]).toEqual([
    [60, 120],
    [60, 120],
  ]);
  await taken(to, exported(from), 'kernel');
  await taken(to, exported(from), 'kernel');
  expect([sums('kernel'), sums('file')]).toEqual([
    [65, 240],
    [60, 120],
  ]);
});
