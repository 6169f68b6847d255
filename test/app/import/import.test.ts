import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Book, type Entry } from '../../../src/app/books/book.ts';
import { RecordPage } from '../../../src/record/page.ts';
import type { LogRecord } from '../../../src/record/record.ts';
import { openStore } from '../../../src/store/open.ts';
import type { RunTally, Store } from '../../../src/store/store.ts';
import { record } from '../../observe/records.ts';
import { memoryStore, newRun, temporary } from '../../store/helpers.ts';
import { auditLog, dmesg, hello, syslog, T0 } from '../audit-lines.ts';
import { profiler } from '../context.ts';

/** A directory with a database path and a way to write logs into it. */
function place() {
  const directory = temporary();
  const db = join(directory, 'profiler.db');
  const write = (name: string, content: string | Buffer) => {
    const path = join(directory, name);
    writeFileSync(path, content);
    return path;
  };
  const read = <Result>(work: (store: Store) => Result): Result => {
    const store = openStore(db);
    try {
      return work(store);
    } finally {
      store.close();
    }
  };
  const counts = () => read((store) => sums(allTallies(store)));
  return { directory, db, write, read, counts };
}

function allTallies(store: Store): RunTally[] {
  return store.tallies(store.runs({}).map((run) => run.id));
}

function sums(tallies: readonly RunTally[]): Record<string, number> {
  const result: Record<string, number> = {};
  for (const { nr, trust, count } of tallies) result[`${nr} ${trust}`] = (result[`${nr} ${trust}`] ?? 0) + count;
  return result;
}

const text = (render: (one: ReturnType<typeof hello>[number]) => string, records = hello()) =>
  records.map(render).join('');
const HELLO_FILE = { '1 file': 1, '12 file': 1, '231 file': 1, '262 file': 1, '318 file': 1 };

test('a log is read once: again, grown, packed, overlapping and by another carrier', async () => {
  const { db, write, counts } = place();
  const first = await profiler(['import', '--db', db, write('audit.log', text(auditLog))]);
  expect(first).toMatchObject({ outcome: 0, stdout: '' });
  expect(first.stderr).toMatch(/audit\.log: audit-log, 5 new records \(5 file\), 1 new run$/m);
  expect(counts()).toEqual(HELLO_FILE);
  const again = await profiler(['import', '--db', db, write('audit.log', text(auditLog))]);
  expect(again.stderr).toMatch(/0 new records, 5 counted before$/m);
  const grown = [...hello(), ...hello({ ms: 9000, serial: 200, pid: 5 })];
  const more = await profiler(['import', '--db', db, write('audit.log', text(auditLog, grown))]);
  expect(more.stderr).toMatch(/5 new records \(5 file\), 5 counted before, 1 new run/);
  const packed = await profiler(['import', '--db', db, write('audit.log.1.gz', gzipSync(text(auditLog, grown)))]);
  expect(packed.stderr).toMatch(/0 new records, 10 counted before/);
  const other = await profiler(['import', '--db', db, '--trust', 'file', '-'], { input: text(dmesg, grown.slice(3)) });
  expect(other.stderr).toMatch(/standard input: dmesg, 0 new records, 7 counted before/);
  expect(counts()).toEqual({ '1 file': 2, '12 file': 2, '231 file': 2, '262 file': 2, '318 file': 2 });
});

test('a less trusted record never hides a more trusted one', async () => {
  const { db, write, counts } = place();
  const forgeable = await profiler(['import', '--db', db, '-'], { input: text(dmesg) });
  expect(forgeable.stderr).toMatch(/5 new records \(5 forgeable\)/);
  expect(forgeable.stderr).toMatch(/forgeable: any local user could have written them \(dmesg\)/);
  await profiler(['import', '--db', db, write('audit.log', text(auditLog))]);
  expect(counts()).toMatchObject(HELLO_FILE);
  await profiler(['import', '--db', db, '-'], { input: text(dmesg) });
  const kernel = await profiler(['import', '--db', db, '--trust', 'kernel', '-'], { input: text(dmesg) });
  expect(kernel.stderr).toMatch(/5 new records \(5 kernel\)/);
  expect(Object.values(counts())).toEqual(Array(15).fill(1));
});

test('what observe counted is not counted again, and what it missed joins its run by the session', async () => {
  const { db, read } = place();
  const [first, ...rest] = hello().map((one) => ({ ...one, ses: 77 }));
  const runId = read((store) => {
    const id = store.beginRun(newRun({ host: hostname(), ses: 77, startedMs: T0 - 5 }));
    const book = new Book(store, { localHost: hostname(), trust: 'kernel' });
    book.commit(entry(rest, true));
    store.endRun(id, {
      endedMs: T0 + 500,
      complete: true,
      why: undefined,
      exitCode: 0,
      exitSignal: undefined,
      newCalls: 0,
    });
    return id;
  });
  const lines = [...(first ? [first] : []), ...rest];
  const told = await profiler(['import', '--db', db, '--trust', 'kernel', '-'], { input: text(dmesg, lines) });
  expect(told.stderr).toMatch(/1 new record \(1 kernel\), 4 counted before$/m);
  expect(read((store) => store.runs({}).map((run) => [run.id, run.records]))).toEqual([[runId, 5]]);
});

test('hosts that are named differ; one that is not named is this machine, or --host', async () => {
  const { db, write, read } = place();
  const node = (name: string) =>
    hello()
      .map((one) => `node=${name} ${auditLog(one)}`)
      .join('');
  await profiler([
    'import',
    '--db',
    db,
    write('a', node('web1')),
    write('b', node('web2')),
    write('c', text(auditLog)),
  ]);
  await profiler(['import', '--db', db, '--host', 'web1', write('d', text(auditLog))]);
  await profiler(['import', '--db', db, '--trust', 'file', write('e', text(syslog(hostname())))]);
  const runs = read((store) => store.runs({}).map((run) => [run.host, run.records]));
  expect(Object.fromEntries(runs)).toEqual({ [hostname()]: 5, web1: 5, web2: 5 });
  expect(runs).toHaveLength(3);
});

test('our own marks are passed over and said', async () => {
  const { db, write, counts } = place();
  const mark = record([T0, 99], { exe: '/usr/lib/profiler/session-run', nr: 0x20000002 });
  const foreign = record([T0, 98], { exe: '/opt/session-runner', nr: 0x20000002 });
  const { stderr } = await profiler(['import', '--db', db, write('a', text(auditLog, [foreign, mark, ...hello()]))]);
  expect(stderr).toMatch(/6 new records.*passed over: 1 marker of observe/);
  expect(counts()).toEqual({ ...HELLO_FILE, '536870914 file': 1 });
});

test('lines that are ours but broken are counted by reason, with a sample that cannot steer the terminal', async () => {
  const { db, write } = place();
  const bad = auditLog(hello()[0] as never)
    .replace('syscall=262', 'syscall=26x')
    .replace('comm="hello"', 'comm="\x1b[31m"');
  const { stderr, outcome } = await profiler(['import', '--db', db, write('a', bad + text(auditLog))]);
  expect(outcome).toBe(0);
  expect(stderr).toMatch(/rejected: 1 line, bad-number \(syscall\), as in: type=SECCOMP msg=audit/);
  expect(stderr).not.toContain('\x1b');
});

test('a lossy log is said, and counts its loss once', async () => {
  const { db, write, read } = place();
  const kept = [...hello().slice(0, 2), ...hello({ ms: 7000, serial: 500, pid: 9 })];
  const lines = kept.map(dmesg);
  lines.splice(2, 0, '[  868.1] kauditd_printk_skb: 3 callbacks suppressed\n');
  const { stderr } = await profiler(['import', '--db', db, '--trust', 'kernel', write('d', lines.join(''))]);
  expect(stderr).toMatch(/lost: at most 398 records are missing in 1 place/);
  await profiler(['import', '--db', db, '--trust', 'kernel', write('d', lines.join(''))]);
  expect(read((store) => store.runs({}).map((run) => [run.pid, run.lost]))).toEqual([
    [9, 398],
    [4242, 398],
  ]);
  const suggested = await profiler(['suggest', '--db', db, '--exe', 'hello', '--strict']);
  expect(suggested).toMatchObject({ outcome: 3, stdout: '' });
  expect(suggested.stderr).toMatch(/at most 398 lost/);
  expect(suggested.stderr).toMatch(/--strict: at most 398 records are missing/);
});

test('what another log brings is not missing any more', async () => {
  const { db, write, read } = place();
  const [a, ...rest] = hello();
  const z = rest.pop();
  await profiler(['import', '--db', db, write('thin', text(auditLog, [a as never, z as never]))]);
  expect(read((store) => store.runs({})[0]?.lost)).toBe(3);
  await profiler(['import', '--db', db, write('whole', text(auditLog))]);
  expect(read((store) => store.runs({})[0]?.lost)).toBe(0);
  await profiler(['import', '--db', db, write('thin', text(auditLog, [a as never, z as never]))]);
  expect(read((store) => [store.runs({})[0]?.lost, store.runs({}).length])).toEqual([0, 1]);
});

test('lines that anybody could have written hide no loss of a better log', async () => {
  const { db, write, read } = place();
  const whole = Array.from({ length: 5 }, (_, index) => record([T0 + index, 100 + index], { nr: index }));
  const holed = whole.filter((_, index) => index === 0 || index === 4);
  await profiler(['import', '--db', db, write('audit.log', text(auditLog, holed))]);
  await profiler(['import', '--db', db, write('kern.log', text(syslog(hostname()), whole))]);
  const lost = () => read((store) => store.runs({ kind: 'inferred' }).at(-1)?.lost);
  expect(lost()).toBe(3);
  await profiler(['import', '--db', db, '--trust', 'file', write('kern.log', text(syslog(hostname()), whole))]);
  expect(lost()).toBe(0);
});

test('one source that cannot be read is one line; the others are still read', async () => {
  const { db, directory, write, counts } = place();
  mkdirSync(join(directory, 'dir'));
  const files = [
    join(directory, 'none'),
    join(directory, 'dir'),
    '/dev/null',
    write('x.zst', '\x28\xb5\x2f\xfd....'),
    write('prose', 'just words\n'),
    write('ok', text(auditLog)),
  ];
  const { outcome, stderr } = await profiler(['import', '--db', db, ...files]);
  expect(outcome).toBe(2);
  expect(stderr).toMatch(/none: there is no such file$/m);
  expect(stderr).toMatch(/dir: is a directory, want a log file$/m);
  expect(stderr).toMatch(/\/dev\/null: is a device/);
  expect(stderr).toMatch(/prose: its beginning looks like no log of a known kind/);
  expect(counts()).toEqual(HELLO_FILE);
});

test('an empty log is no mistake', async () => {
  const { db, write } = place();
  expect(await profiler(['import', '--db', db, write('empty', '')])).toMatchObject({ outcome: 0 });
});

test('of a compressed log that is cut or damaged, what was read counts', async () => {
  const { db, write, read } = place();
  const many = Array.from({ length: 3000 }, (_, at) =>
    record([T0 + at, at], { nr: at % 300, ip: ((at * 2654435761) % 2 ** 32).toString(16) }),
  );
  const packed = gzipSync(text(auditLog, many));
  const cut = await profiler(['import', '--db', db, write('cut.gz', packed.subarray(0, packed.length >> 1))]);
  expect(cut.outcome).toBe(3);
  expect(cut.stderr).toMatch(
    /profiler: .*cut\.gz: the compressed data ends in the middle: what stands before was read/,
  );
  const half = read((store) => store.runs({}).reduce((sum, run) => sum + run.records, 0));
  expect(half).toBeGreaterThan(500);
  expect(half).toBeLessThan(3000);
  const damaged = Buffer.from(packed);
  damaged.fill(0xff, packed.length - 2000, packed.length - 1000);
  const torn = await profiler(['import', '--db', db, write('torn.gz', damaged)]);
  expect(torn.outcome).toBe(3);
  expect(torn.stderr).toMatch(/torn\.gz: the compressed data is damaged \(Z_/);
  const whole = await profiler(['import', '--db', db, write('whole.gz', packed)]);
  expect(whole.outcome).toBe(0);
  expect(read((store) => store.runs({}).reduce((sum, run) => sum + run.records, 0))).toBe(3000);
});

test('a file is as safe as who may write it', async () => {
  const { db, write } = place();
  const open = write('open.log', text(auditLog));
  chmodSync(open, 0o666);
  const told = await profiler(['import', '--db', db, open]);
  expect(told.stderr).toMatch(/5 new records \(5 forgeable\)/);
  expect(told.stderr).toMatch(/forgeable: others may write it \(mode 666\)/);
  if (process.getuid?.() === 0) {
    const strange = write('strange.log', text(auditLog, hello({ serial: 900 })));
    chownSync(strange, 4711, 4711);
    expect((await profiler(['import', '--db', db, strange])).stderr).toMatch(/it belongs to another user \(uid 4711\)/);
  }
  const word = await profiler(['import', '--db', db, '--trust', 'file', open]);
  expect(word.stderr).toMatch(/5 new records \(5 file\)/);
});

test('an interrupted import keeps what it read and goes on when it is run again', async () => {
  const { db, counts } = place();
  const stop = new AbortController();
  const pipe = new PassThrough();
  pipe.write(text(auditLog, hello().slice(0, 3)));
  setTimeout(() => stop.abort(), 50);
  const words = ['import', '--db', db, '--trust', 'file', '--carrier', 'audit-log', '-'];
  const { stderr, outcome } = await profiler(words, { input: pipe, signal: stop.signal });
  expect(outcome).toBe(3);
  expect(stderr).toMatch(/interrupted; what was read is stored, run it again for the rest/);
  expect(Object.values(counts())).toEqual([1, 1, 1]);
  await profiler(['import', '--db', db, '--trust', 'file', '-'], { input: text(auditLog) });
  expect(counts()).toEqual(HELLO_FILE);
});

test('--json tells each source', async () => {
  const { db, write, directory } = place();
  const { stdout, outcome } = await profiler([
    'import',
    '--db',
    db,
    '--json',
    write('a', text(auditLog)),
    join(directory, 'none'),
  ]);
  expect(outcome).toBe(2);
  const told = JSON.parse(stdout) as { schema: number; sources: { added?: unknown; error?: string }[] };
  expect(told.schema).toBe(1);
  expect(told.sources[0]).toMatchObject({
    carrier: 'audit-log',
    trust: 'file',
    added: { kernel: 0, file: 5, forgeable: 0 },
    duplicates: 0,
    runs: 1,
  });
  expect(told.sources[1]?.error).toMatch(/there is no such file/);
});

const log = fc.array(
  fc.record({
    step: fc.integer({ min: 0, max: 2 }),
    gap: fc.integer({ min: 1, max: 3 }),
    pid: fc.integer({ min: 1, max: 3 }),
    nr: fc.constantFrom(0, 1, 59, 231),
    exe: fc.constantFrom('/a', '/b'),
    host: fc.constantFrom(undefined, 'web'),
  }),
  { minLength: 1, maxLength: 60 },
);

test('any split into parts and any repetition of a part gives the same runs and tallies', () => {
  const cuts = fc.array(fc.tuple(fc.nat(60), fc.nat(20)), { maxLength: 5 });
  fc.assert(
    fc.property(log, cuts, (steps, places) => {
      const records: LogRecord[] = [];
      let ms = T0;
      let serial = 10;
      for (const { step, gap, ...fields } of steps) {
        ms += step * 700;
        serial += gap;
        records.push(record([ms, serial], fields));
      }
      const whole = memoryStore();
      commit(whole, [records]);
      const ends = [...places.map(([end]) => Math.min(end, records.length)).sort((a, b) => a - b), records.length];
      // Each part begins before the last one ended: overlapping dumps, or an import that was killed and run again.
      const parts = ends.map((end, at) =>
        records.slice(Math.max(0, (ends[at - 1] ?? 0) - (places[at]?.[1] ?? 0)), end),
      );
      const split = memoryStore();
      for (const part of parts) commit(split, [part]);
      const batched = memoryStore();
      commit(batched, parts);
      expect(allTallies(split)).toEqual(allTallies(whole));
      expect(allTallies(batched)).toEqual(allTallies(whole));
      expect(split.runs({})).toMatchObject(
        whole.runs({}).map(({ id, exe, pid, startedMs }) => ({ id, exe, pid, startedMs })),
      );
    }),
    { numRuns: 40 },
  );
}, 20_000);

/** One import: a commit a part, of which any may be repeated by a transaction that failed. */
function commit(store: Store, parts: readonly (readonly LogRecord[])[]): void {
  const book = new Book(store, { localHost: 'vm', trust: 'kernel' });
  for (const [at, part] of parts.entries()) book.commit(entry(part, at === parts.length - 1));
}

function entry(records: readonly LogRecord[], last: boolean): Entry {
  const figures = { records: 0, rejected: 0, duplicates: 0, atMs: 0 };
  const source = { source: '-', carrier: 'dmesg', trust: 'kernel', ...figures } as const;
  return { records: RecordPage.of(records), losses: [], source, cursor: () => '{}', last, settle: last };
}

test("auditd's own records have serials of auditd's own: nothing is missing between them and the kernel's", async () => {
  const { db, read, write } = place();
  const own = (serial: number) =>
    `type=DAEMON_START msg=audit(${T0 / 1000}.000:${serial}): op=start ver=3.0.9 format=raw pid=4651 uid=0 res=success\n`;
  const lines = own(8166) + hello().map(auditLog).join('') + own(8167).replace('START', 'END');
  const told = await profiler(['import', '--db', db, write('audit.log', lines)]);
  expect(told.stderr).toMatch(/5 new records \(5 file\), 1 new run; passed over: 2 audit records of other types\n$/);
  expect(read((store) => store.losses([1]))).toEqual([]);
});
