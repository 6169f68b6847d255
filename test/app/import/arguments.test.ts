import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Pass } from '../../../src/app/books/pass.ts';
import type { Carrier } from '../../../src/record/carrier.ts';
import type { SeccompRecord, SyscallRecord } from '../../../src/record/record.ts';
import type { Trust } from '../../../src/record/trust.ts';
import type { Store } from '../../../src/store/store.ts';
import { record } from '../../observe/records.ts';
import { syscall } from '../../observe/syscalls.ts';
import { memoryStore, temporary } from '../../store/helpers.ts';
import { auditLog, dmesg, hello, journal, T0 } from '../audit-lines.ts';
import { profiler } from '../context.ts';

type Any = SeccompRecord | SyscallRecord;

const BOOTS = { x: 'a'.repeat(32), y: 'b'.repeat(32) };

/** One process: a socket and two files are opened, and it ends. */
const CALLS: readonly Any[] = [
  record([T0, 100], { nr: 41 }),
  syscall([T0, 101], { args: ['2', '80001', '0', '7fff'] }),
  record([T0, 102], { nr: 257 }),
  syscall([T0, 103], { nr: 257, args: ['ffffff9c', '7ffd', '80000', '0'] }),
  record([T0, 104], { nr: 257 }),
  syscall([T0, 105], { nr: 257, args: ['ffffff9c', '7ffe', '241', '1b6'] }),
  record([T0, 106], { nr: 231 }),
];
const ARGS = ['257 2=241 1', '257 2=80000 1', '41 0=2 1', '41 1=80001 1', '41 2=0 1'];

interface Log {
  readonly name?: string;
  readonly carrier: Carrier;
  readonly trust?: Trust;
  readonly text: string;
}

/** Reads a log into a store, in pieces of `size` bytes, each committed by itself. */
function take(store: Store, { name = 'log', carrier, trust = 'file', text }: Log, size = text.length) {
  const pass = new Pass({ store, nowMs: () => T0 }, { name, carrier, trust, localHost: 'vm' });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) {
    pass.push(bytes.subarray(at, at + size));
    pass.commit({ cursor: () => '{}', last: false, settle: false });
  }
  pass.end();
  pass.commit({ cursor: () => '{}', last: true, settle: true });
  return pass;
}

function argsOf(store: Store, trust?: Trust): string[] {
  return store
    .args(store.runs({}).map(({ id }) => id))
    .filter((row) => trust === undefined || row.trust === trust)
    .map(({ nr, index, value, count }) => `${nr} ${index}=${value} ${count}`)
    .sort();
}

const countsOf = (store: Store) =>
  store.tallies(store.runs({}).map(({ id }) => id)).map(({ nr, trust, count }) => `${nr} ${trust} ${count}`);
const text = (render: (one: Any) => string, records = CALLS) => records.map(render).join('');
const AUDIT: Log = { carrier: 'audit-log', text: text(auditLog) };
const JOURNAL: Log = { carrier: 'journal-json', text: text(journal(BOOTS.x)) };

test('the arguments are stored with the calls that they are of, however the log is cut', () => {
  for (const size of [AUDIT.text.length, 1000, 100]) {
    const store = memoryStore();
    const pass = take(store, AUDIT, size);
    expect(argsOf(store)).toEqual(ARGS);
    expect(pass.counts).toMatchObject({ added: { file: 4 }, argued: 3, others: 0, runs: 1 });
    expect(pass.joins).toEqual({ joined: 3, unmatched: 0, left: 0 });
  }
});

test.for<readonly [string, readonly Log[]]>([
  ['audit.log, then the journal', [AUDIT, JOURNAL]],
  ['the journal, then audit.log', [JOURNAL, AUDIT]],
  ['each twice', [AUDIT, JOURNAL, JOURNAL, AUDIT]],
])('one event by a carrier that tells the boot and one that does not is one run and one count: %s', ([, logs]) => {
  const store = memoryStore();
  for (const log of logs) take(store, log);
  expect(store.runs({})).toHaveLength(1);
  expect(countsOf(store)).toEqual(['41 file 1', '231 file 1', '257 file 2']);
  expect(argsOf(store)).toEqual(ARGS);
});

test('record by record from both carriers, either first, it is the same', () => {
  for (const first of [true, false]) {
    const store = memoryStore();
    for (const one of CALLS) {
      const logs: Log[] = [
        { carrier: 'audit-log', text: auditLog(one) },
        { carrier: 'journal-json', text: journal(BOOTS.x)(one) },
      ];
      for (const log of first ? logs : logs.reverse()) take(store, log);
    }
    expect(store.runs({})).toHaveLength(1);
    expect(countsOf(store)).toEqual(['41 file 1', '231 file 1', '257 file 2']);
  }
});

test('the same serials of another boot are other events, of another run', () => {
  for (const order of [
    [BOOTS.x, BOOTS.y],
    [BOOTS.y, BOOTS.x],
  ]) {
    const store = memoryStore();
    for (const boot of order) take(store, { carrier: 'journal-json', text: text(journal(boot)) });
    // Of which of them audit.log tells is not known: it adds nothing.
    take(store, AUDIT);
    expect(new Set(store.runs({}).map(({ bootId }) => bootId))).toEqual(new Set([BOOTS.x, BOOTS.y]));
    expect(store.runs({}).map(({ records }) => records)).toEqual([4, 4]);
    expect(argsOf(store)).toEqual([...ARGS, ...ARGS].sort());
  }
});

test('of two boots and a log without one, in any order, as many events are counted as there were', () => {
  const x = { carrier: 'journal-json', text: text(journal(BOOTS.x)) } as const;
  const y = { carrier: 'journal-json', text: text(journal(BOOTS.y)) } as const;
  for (const logs of [
    [AUDIT, x, y],
    [x, AUDIT, y],
    [y, x, AUDIT],
    [AUDIT, y, x],
  ]) {
    const store = memoryStore();
    for (const log of logs) take(store, log);
    expect(
      countsOf(store)
        .map((count) => Number(count.split(' ')[2]))
        .reduce((sum, one) => sum + one),
    ).toBe(8);
  }
});

test('what one carrier lost of the arguments, another brings', () => {
  const store = memoryStore();
  take(store, {
    carrier: 'audit-log',
    text: text(
      auditLog,
      CALLS.filter(({ kind }) => kind === 'seccomp'),
    ),
  });
  expect(argsOf(store)).toEqual([]);
  const pass = take(store, JOURNAL);
  expect(argsOf(store)).toEqual(ARGS);
  expect(pass.counts).toMatchObject({ duplicates: 4, argued: 3, runs: 0 });
  expect(store.runs({})).toHaveLength(1);
});

test('a forged line alters no argument of a true record, in the same log or before it', () => {
  const forged = CALLS.map((one) => (one.kind === 'syscall' ? { ...one, args: ['9', '9', '9', '9'] as const } : one));
  const lines = CALLS.flatMap((one, at) => {
    const [call, lie] = [dmesg(one), dmesg(forged[at] ?? one)].map((line) => line.slice(line.indexOf('audit: ')));
    return [`13,${2 * at},1,-;${lie}`, `5,${2 * at + 1},1,-;${call}`];
  });
  for (const before of [false, true]) {
    const store = memoryStore();
    if (before) take(store, { name: 'syslog', carrier: 'dmesg', trust: 'forgeable', text: text(dmesg, forged) });
    take(store, { carrier: 'kmsg', trust: 'kernel', text: lines.join('') });
    expect(argsOf(store, 'kernel')).toEqual(ARGS);
    expect(argsOf(store, 'file')).toEqual([]);
    expect(argsOf(store, 'forgeable').every((one) => one.includes('=9 '))).toBe(true);
  }
});

test('import tells of how many calls there are arguments, suggest what they were', async () => {
  const directory = temporary();
  const db = join(directory, 'p.db');
  const other = syscall([T0, 400], { nr: 2, pid: 1 });
  const from = { ms: 9000, serial: 300, pid: 5 };
  const input = text(auditLog, [...CALLS, ...hello(from), other]);
  const told = await profiler(['import', '--db', db, '--trust', 'file', '-'], { input });
  expect(told.stderr).toMatch(
    /9 new records \(9 file\), arguments of 3 calls, 2 new runs; passed over: 1 audit record of other types/,
  );
  const { stdout, stderr } = await profiler([
    'suggest',
    '--db',
    db,
    '--exe',
    'hello',
    '--evidence',
    '--json',
    '--abi',
    'x86_64',
  ]);
  expect(stderr).toMatch(/^CALL +COUNT .* ARGS +BY$/m);
  expect(stderr).toMatch(/^openat .* 2=0x241,0x80000 +hello$/m);
  expect(stderr).toMatch(/^socket .* 0=0x2 1=0x80001 2=0x0 +hello$/m);
  const profile = JSON.parse(stdout) as { rules: { name: string; reason: { args?: unknown } }[] };
  expect(profile.rules.find(({ name }) => name === 'openat')?.reason.args).toEqual([
    {
      index: 2,
      name: 'flags',
      values: [
        { value: '0x241', count: 1 },
        { value: '0x80000', count: 1 },
      ],
      others: 0,
    },
  ]);
  expect(profile.rules.find(({ name }) => name === 'exit_group')?.reason.args).toBeUndefined();
});

test('without arguments the table has no column for them; what is less trusted shows none', async () => {
  const directory = temporary();
  const db = join(directory, 'p.db');
  await profiler(['import', '--db', db, '--trust', 'file', '-'], { input: text(auditLog, hello()) });
  const calls = CALLS.map((one) => ({ ...one, stamp: { ...one.stamp, serial: one.stamp.serial + 1000 } }));
  await profiler(['import', '--db', db, '-'], { input: text(dmesg, calls) });
  const suggest = (...more: string[]) =>
    profiler(['suggest', '--db', db, '--exe', 'hello', '--evidence', '--abi', 'x86_64', ...more]);
  expect((await suggest()).stderr).not.toContain('ARGS');
  expect((await suggest('--trust', 'forgeable')).stderr).toContain('ARGS');
});
