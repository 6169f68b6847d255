import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SyscallRecord } from '../../src/record/record.ts';
import { auditString, body, STAMP, type SyscallBody, syscallBody } from './lines.ts';
import { read, runs } from './reading.ts';

const RECORD: SyscallRecord = {
  kind: 'syscall',
  stamp: { atMs: 1795310814627, serial: 1783517 },
  trust: 'file',
  host: undefined,
  bootId: undefined,
  archToken: 0xc000003e,
  nr: 257,
  args: ['ffffff9c', '7ffca2ea4d5c', '80000', '0'],
  pid: 4242,
  ses: 7,
  exe: '/usr/bin/hello',
};

function line(change: Partial<SyscallBody> = {}): string {
  return `type=SYSCALL msg=${STAMP}${syscallBody(change)}`;
}

function one(text: string): unknown {
  const { records, rejections } = read('audit-log', `${text}\n`);
  expect(records.length + rejections.length).toBeLessThanOrEqual(1);
  return records[0] ?? rejections[0];
}

const WHOLE: readonly (readonly [string, Partial<SyscallBody>, Partial<SyscallRecord>])[] = [
  ['as the kernel printed it', {}, {}],
  ['a personality', { per: 'per=400000 ' }, {}],
  ['without a result: the task ended in it', { result: '' }, {}],
  ['a failure', { result: 'success=no exit=-2 ' }, {}],
  ['a large result', { result: 'success=yes exit=139853351174144 ' }, {}],
  [
    '64 bits in each argument',
    { a0: 'ffffffffffffffff', a1: 'f'.repeat(16), a2: '8000000000000000', a3: '1' },
    { args: ['f'.repeat(16), 'f'.repeat(16), '8000000000000000', '1'] },
  ],
  ['i386', { arch: '40000003', syscall: '102' }, { archToken: 0x40000003, nr: 102 }],
  ['a skipped call', { syscall: '-1' }, { nr: -1 }],
  ['an x32 call', { syscall: '1073741863' }, { nr: 1073741863 }],
  ['a terminal', { tty: 'pts0' }, {}],
  ['an unset session', { ses: '4294967295' }, { ses: 4294967295 }],
  ['a hex name', { exe: '2F746D702F612062' }, { exe: '/tmp/a b' }],
  ['no exe', { exe: '(null)' }, { exe: '(null)' }],
  ['comm that imitates fields', { comm: '"exe="', exe: '"/a"' }, { exe: '/a' }],
  ['a label and a key that imitate fields', { subj: ' subj=x exe="/bin/evil" a0=1', key: '"pid=1 exe="' }, {}],
  ['two keys', { key: '"a" key="b"' }, {}],
  ['no key', { key: '(null)' }, {}],
];

test.for(WHOLE)('%s', ([, change, expected]) => {
  expect(one(line(change))).toEqual({ ...RECORD, ...expected });
});

test.for([
  ['enriched', `${line()}\x1dARCH=x86_64 SYSCALL=openat AUID="unset" UID="root"`],
  ['by its number', line().replace('SYSCALL', '1300')],
  ['of an older auditd', line().replace('SYSCALL', 'UNKNOWN[1300]')],
])('%s', ([, text]) => expect(one(text ?? '')).toEqual(RECORD));

test.for([
  ['arch is no number', { arch: '(null)' }, 'bad-number', 'arch'],
  ['arch is too large', { arch: '1c000003e' }, 'bad-number', 'arch'],
  ['a decimal point', { syscall: '2.5' }, 'bad-number', 'syscall'],
  ['a leading zero', { syscall: '07' }, 'bad-number', 'syscall'],
  ['0x', { a0: '0x7f' }, 'bad-number', 'a0'],
  ['upper case', { a1: 'FF' }, 'bad-number', 'a1'],
  ['17 digits', { a2: '1'.repeat(17) }, 'bad-number', 'a2'],
  ['nothing', { a3: '' }, 'bad-number', 'a3'],
  ['a negative pid', { pid: '-1' }, 'bad-number', 'pid'],
  ['a large session', { ses: '4294967296' }, 'bad-number', 'ses'],
  ['a space in the terminal', { tty: 'a b' }, 'truncated', 'ses'],
  ['an unquoted name', { exe: '/usr/bin/hello' }, 'bad-name', 'exe'],
  ['an open quote', { exe: '"/usr/bin/hello' }, 'bad-name', 'exe'],
  ['odd hex', { exe: '2F6' }, 'bad-name', 'exe'],
] as const)('rejected: %s', ([, change, reason, field]) => {
  expect(one(line(change))).toMatchObject({ kind: 'rejected', reason, field });
});

test('cut anywhere before the end of exe it is rejected, and nowhere gives another record', () => {
  const text = line();
  const needed = text.indexOf(' key=');
  const from = text.indexOf('arch=');
  for (let length = from; length <= text.length; length++) {
    const reading = one(text.slice(0, length));
    if (length <= needed) expect(reading).toMatchObject({ kind: 'rejected' });
    else expect(reading).toEqual(RECORD);
  }
});

test('a torn record with another on its line is rejected', () => {
  for (const length of [90, 120, 150, 200]) {
    const torn = line().slice(0, length) + line({ a2: '1' });
    expect(one(torn)).toMatchObject({ kind: 'rejected' });
  }
});

const HEX = fc.bigInt({ min: 0n, max: 0xffffffffffffffffn }).map((value) => value.toString(16));
const NAME = fc.uint8Array({ min: 1, minLength: 1, maxLength: 24 }).map((bytes) => Buffer.from(bytes));

test('whatever a program is called, the numbers are the kernel’s', () => {
  fc.assert(
    fc.property(fc.tuple(HEX, HEX, HEX, HEX), fc.nat(0x7fffffff), NAME, NAME, ([a0, a1, a2, a3], pid, comm, exe) => {
      const change = { a0, a1, a2, a3, pid: `${pid}`, comm: auditString(comm), exe: auditString(exe) };
      expect(one(line(change))).toMatchObject({ kind: 'syscall', args: [a0, a1, a2, a3], pid });
    }),
    runs(300),
  );
});

test('any bytes after the stamp give a record, a rejection, and never an error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(400), (noise, at) => {
      const text = Buffer.from(line(), 'latin1');
      const bytes = Buffer.concat([text.subarray(0, at), Buffer.from(noise), Buffer.from('\n')]);
      const { records, rejections } = read('audit-log', bytes);
      expect(records.length + rejections.length).toBeLessThanOrEqual(201);
    }),
    runs(500),
  );
});

test('a user’s line in /dev/kmsg stays forgeable; the kernel’s is not', () => {
  const text = `audit: type=1300 ${STAMP}${syscallBody()}`;
  expect(read('kmsg', `5,1,2,-;${text}\n`).records).toMatchObject([{ kind: 'syscall', trust: 'kernel' }]);
  expect(read('kmsg', `13,1,2,-;${text}\n`).records).toMatchObject([{ kind: 'syscall', trust: 'forgeable' }]);
  expect(read('kmsg', `5,1,2,-;audit: type=1107 ${STAMP}pid=1 msg='${text}'\n`).records).toMatchObject([
    { kind: 'other' },
  ]);
  expect(read('syslog', `Nov 22 01:33:36 vm kernel: [    1.5] ${text}\n`).records).toMatchObject([
    { kind: 'syscall', trust: 'forgeable' },
  ]);
});

test('a live source’s boot is its records’', () => {
  const bootId = 'b'.repeat(32);
  const text = `type=1326 msg=${STAMP}${body()}\ntype=1300 msg=${STAMP}${syscallBody()}\n`;
  expect(read({ carrier: 'netlink', bootId }, text).records).toMatchObject([{ bootId }, { bootId }]);
  expect(read({ carrier: 'netlink' }, text).records).toMatchObject([{ bootId: undefined }, { bootId: undefined }]);
});
