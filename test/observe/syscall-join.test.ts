import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ArgumentTallier } from '../../src/observe/argument.ts';
import { SyscallJoin } from '../../src/observe/syscall-join.ts';
import type { JoinedCall, SeccompRecord, SyscallRecord } from '../../src/record/record.ts';
import { record } from './records.ts';
import { SOCKET, syscall } from './syscalls.ts';

type Any = SeccompRecord | SyscallRecord;

function joined(records: readonly Any[], join = new SyscallJoin()): JoinedCall[] {
  return records.flatMap((one) => {
    if (one.kind === 'syscall') return join.join(one) ?? [];
    join.push(one);
    return [];
  });
}

const argsOf = (calls: readonly JoinedCall[]) => calls.map(({ syscall: { args } }) => args[0]);

test('a SYSCALL record belongs to the SECCOMP record before it, with the next serial or the same', () => {
  expect(joined([record([5, 7], SOCKET), syscall([5, 8])])).toMatchObject([
    { call: { stamp: { serial: 7 } }, syscall: { stamp: { serial: 8 } } },
  ]);
  expect(joined([record([5, 7], SOCKET), syscall([5, 7])])).toHaveLength(1);
});

test('it is joined once', () => {
  expect(joined([record([5, 7], SOCKET), syscall([5, 8]), syscall([5, 9])])).toHaveLength(1);
});

test.for<readonly [string, Partial<SeccompRecord>, Partial<SyscallRecord>]>([
  ['process', { pid: 9 }, {}],
  ['session', { ses: 9 }, {}],
  ['program', { exe: '/opt/other' }, {}],
  ['host', { host: 'web' }, {}],
  ['boot', { bootId: 'x' }, {}],
  ['call', { nr: 53 }, {}],
  ['architecture', { archToken: 0x40000003, nr: 41 }, {}],
  ['trust: a forged call', { trust: 'forgeable' }, {}],
  ['trust: a forged return', {}, { trust: 'forgeable' }],
  ['call, killed', { code: 0x80000000, sig: 31 }, {}],
  ['call, its thread killed', { code: 0, sig: 31 }, {}],
])('never of another %s', ([, change, back]) => {
  const join = new SyscallJoin();
  expect(joined([record([5, 7], { ...SOCKET, ...change }), syscall([5, 8], back)], join)).toEqual([]);
  expect(join.counts).toMatchObject({ joined: 0, unmatched: 1 });
});

test('never of a call that began later, or long before', () => {
  expect(joined([record([6, 7], SOCKET), syscall([5, 8])])).toEqual([]);
  expect(joined([record([5, 9], SOCKET), syscall([5, 8])])).toEqual([]);
  expect(joined([record([5, 7], SOCKET), syscall([1006, 8])])).toEqual([]);
  expect(joined([record([5, 7], SOCKET), syscall([1005, 8])])).toHaveLength(1);
});

test('where the filter did not do the same with calls that cannot be told apart, none is guessed at', () => {
  const errno = { ...SOCKET, code: 0x50000 };
  const join = new SyscallJoin();
  const both = [record([5, 7], SOCKET), record([5, 8], errno)];
  expect(joined([...both, syscall([5, 9]), syscall([5, 10])], join)).toEqual([]);
  expect(join.counts).toEqual({ joined: 0, unmatched: 2, left: 0 });
  // One after the other they are told apart.
  expect(
    joined([record([5, 17], SOCKET), syscall([5, 18]), record([5, 19], errno), syscall([5, 20])], join),
  ).toHaveLength(2);
});

test('a return that is of no logged call is counted, if its call has values; others are passed over', () => {
  const join = new SyscallJoin();
  joined([syscall([5, 8]), syscall([5, 9], { nr: 0 }), syscall([5, 10], { nr: 59 })], join);
  expect(join.counts).toEqual({ joined: 0, unmatched: 1, left: 0 });
});

test('the call before the first SYSCALL record of a log is known too', () => {
  const before = Array.from({ length: 500 }, (_, at) => record([5, 2 * at], { nr: 0 }));
  expect(joined([...before, record([5, 1001], SOCKET), syscall([5, 1002])])).toHaveLength(1);
});

test('a forged pair is joined as forged, beside the true one', () => {
  const forged = { trust: 'forgeable' } as const;
  const records = [
    record([5, 7], SOCKET),
    record([5, 7], { ...SOCKET, ...forged }),
    syscall([5, 8], { ...forged, args: ['f', 'f', 'f', 'f'] }),
    syscall([5, 8]),
  ];
  expect(joined(records).map(({ call, syscall: { args } }) => [call.trust, args[0]])).toEqual([
    ['forgeable', 'f'],
    ['kernel', '2'],
  ]);
});

/** One thread's calls: when each begins, for how long it runs, and whether it is killed in the end. */
const THREAD = fc.record({
  pid: fc.constantFrom(100, 200),
  calls: fc.array(fc.record({ nr: fc.constantFrom(41, 257, 16, 0), lasts: fc.nat(40), arg: fc.nat(5) }), {
    maxLength: 12,
  }),
  killed: fc.boolean(),
});

interface Event {
  readonly at: number;
  readonly record: (serial: number) => Any;
  /** What is to be joined when it comes. */
  readonly truth?: string;
}

/** Calls of threads as the kernel logs them: SECCOMP when each begins, SYSCALL when it returns, stamped with its beginning. */
function eventsOf(threads: readonly (typeof THREAD extends fc.Arbitrary<infer T> ? T : never)[]): Event[] {
  return threads.flatMap(({ pid, calls, killed }, thread) => {
    let at = thread % 3;
    return calls.flatMap(({ nr, lasts, arg }, index): Event[] => {
      const beganMs = at;
      const last = killed && index === calls.length - 1;
      at += lasts + 1;
      const begins: Event = {
        at: beganMs,
        record: (serial) => record([beganMs, serial], { pid, nr, ...(last && { code: 0x80000000, sig: 31 }) }),
      };
      if (last) return [begins];
      const args = [`${arg}`, `${arg + 1}`, `${arg + 2}`, `${arg + 3}`] as const;
      const truth = nr === 0 ? {} : { truth: `${pid} ${nr} ${args.join(' ')}` };
      return [
        begins,
        { at: beganMs + lasts, record: (serial) => syscall([beganMs, serial], { pid, nr, args }), ...truth },
      ];
    });
  });
}

test('any interleaving of threads and processes gives the arguments that were, each once', () => {
  fc.assert(
    fc.property(fc.array(THREAD, { minLength: 1, maxLength: 5 }), fc.boolean(), (threads, reversed) => {
      const events = eventsOf(reversed ? threads.toReversed() : threads).sort((a, b) => a.at - b.at);
      const found = joined(events.map((event, serial) => event.record(serial))).map(
        ({ call, syscall: { args } }) => `${call.pid} ${call.nr} ${args.join(' ')}`,
      );
      expect(found.sort()).toEqual(events.flatMap(({ truth }) => truth ?? []).sort());
    }),
    { numRuns: 500 },
  );
});

test('memory is bounded, and what made room is counted', () => {
  const join = new SyscallJoin();
  joined([syscall([0, 0])], join);
  for (let at = 0; at < 300; at++) join.push(record([5, at], SOCKET));
  expect(join.counts.left).toBe(44);
  for (let pid = 1000; pid < 3000; pid++) join.push(record([5, pid], { ...SOCKET, pid }));
  expect(join.counts.left).toBe(300 + 2000 - 1024);
  expect(
    argsOf(
      joined([syscall([5, 5000], { pid: 2999, args: ['a', '1', '0', '0'] }), syscall([5, 5001], { pid: 1000 })], join),
    ),
  ).toEqual(['a']);
});

test('a flood of forged calls of the same process takes no room from true ones', () => {
  const join = new SyscallJoin();
  joined([syscall([0, 0]), record([5, 7], SOCKET)], join);
  for (let at = 0; at < 5000; at++)
    join.push(record([5, 8], { ...SOCKET, trust: 'forgeable', pid: 100 + (at % 2) * at }));
  expect(joined([syscall([5, 9])], join)).toHaveLength(1);
});

test('of joined calls only the values are counted, never pointers', () => {
  const tallier = new ArgumentTallier();
  const open = { nr: 257 };
  const calls = joined([
    ...[1, 3].flatMap((serial) => [
      record([5, serial], open),
      syscall([5, serial + 1], { ...open, args: ['ffffff9c', '7ffca2ea4d5c', '80000', '0'] }),
    ]),
    record([5, 5], SOCKET),
    syscall([5, 6]),
    record([5, 7], { nr: 0 }),
    syscall([5, 8], { nr: 0 }),
  ]);
  for (const call of calls) tallier.add(1, call);
  const told = tallier.flush().map(({ nr, index, value, count }) => [nr, index, value, count]);
  expect(told).toEqual([
    [257, 2, '80000', 2],
    [41, 0, '2', 1],
    [41, 1, '1', 1],
    [41, 2, '0', 1],
  ]);
  expect(tallier.flush()).toEqual([]);
});
