import { expect, test } from 'vitest';
import { CARRIERS, type Carrier, defaultTrust, detectCarrier } from '../../src/record/carrier.ts';
import { auditLine, body, printkText, STAMP, syscallBody } from './lines.ts';
import { read } from './reading.ts';

const TEXT = printkText();

/** Every form of §4.2 of the formats, and who it says the host is. */
const FORMS: readonly (readonly [string, Carrier, string, string | undefined])[] = [
  ['dmesg', 'dmesg', `[  986.784820] ${TEXT}`, undefined],
  ['dmesg after a month', 'dmesg', `[2986784.784820] ${TEXT}`, undefined],
  ['dmesg -T', 'dmesg', `[Mon Apr  6 11:27:30 2020] ${TEXT}`, undefined],
  ['dmesg -t', 'dmesg', TEXT, undefined],
  ['dmesg -x', 'dmesg', `kern  :notice: [  986.784820] ${TEXT}`, undefined],
  ['dmesg -xt', 'dmesg', `kern  :notice: ${TEXT}`, undefined],
  ['dmesg -r', 'dmesg', `<5>[  986.784820] ${TEXT}`, undefined],
  ['dmesg with callers', 'dmesg', `[  986.784820][ T1234] ${TEXT}`, undefined],
  ['dmesg --time-format iso', 'dmesg', `2026-11-22T01:28:27,123456+00:00 ${TEXT}`, undefined],
  ['dmesg of an old kernel', 'dmesg', `[  986.784820] ${TEXT.replace('audit: ', '')}`, undefined],
  ['/dev/kmsg', 'kmsg', `5,1234,986784820,-;${TEXT}`, undefined],
  ['BSD', 'syslog', `Nov 22 01:33:36 vm kernel: [ 1739.938127] ${TEXT}`, 'vm'],
  ['BSD, one-digit day', 'syslog', `Nov  2 01:33:36 vm kernel: [ 1739.938127] ${TEXT}`, 'vm'],
  ['BSD with fraction and zone', 'syslog', `Nov 22 01:33:36.123456+01:00 vm kernel: ${TEXT}`, 'vm'],
  ['BSD with priority', 'syslog', `<5>Nov 22 01:33:36 vm kernel: ${TEXT}`, 'vm'],
  ['BSD without dmesg stamp', 'syslog', `Nov 22 01:33:36 vm kernel: ${TEXT}`, 'vm'],
  ['RFC 3339', 'syslog', `2026-05-26T19:47:43.396634-04:00 host-1.lan kernel: ${TEXT}`, 'host-1.lan'],
  ['RFC 5424', 'syslog', `<5>1 2026-11-22T01:33:36.452691+00:00 vm kernel - - - [ 1739.938127] ${TEXT}`, 'vm'],
  ['RFC 5424 without host', 'syslog', `<5>1 2026-11-22T01:33:36Z - kernel - - - ${TEXT}`, undefined],
  ['RFC 5424 with data', 'syslog', `<5>1 2026-11-22T01:33:36Z vm kernel - - [a b="x\\"] y"][c] ${TEXT}`, 'vm'],
  ['busybox', 'syslog', `Jan  1 00:00:09 box kern.notice kernel: [    9.1] ${TEXT}`, 'box'],
  ['socklogd', 'syslog', `2026-01-01_00:00:00.00000 kern.notice: [  270.85] ${TEXT}`, undefined],
  ['svlogd', 'syslog', `@400000005e8b1d5224f2a1c4 kern.notice: [  270.85] ${TEXT}`, undefined],
  ['audisp-syslog', 'syslog', `2026-11-22T01:59:58.512236+00:00 vm audisp-syslog: ${auditLine()}`, 'vm'],
  ['audispd', 'syslog', `Nov 22 01:33:36 vm audispd: node=web ${auditLine()}`, 'web'],
  ['journalctl -o short-iso', 'syslog', `2026-11-22T01:28:27+0000 vm kernel: ${TEXT}`, 'vm'],
  ['journalctl -o short-full', 'syslog', `Sun 2026-11-22 01:28:27 UTC vm kernel: ${TEXT}`, 'vm'],
  ['journalctl -o short-unix', 'syslog', `1795310907.584651 vm kernel: ${TEXT}`, 'vm'],
  ['journalctl -o short-monotonic', 'syslog', `[ 1431.072111] vm kernel: ${TEXT}`, 'vm'],
  ['audit.log', 'audit-log', auditLine(), undefined],
  ['audit.log with node', 'audit-log', `node=web ${auditLine()}`, 'web'],
  ['netlink', 'netlink', `type=1326 msg=${STAMP}${body()}`, undefined],
  [
    'netlink with header words',
    'netlink',
    `type=1326 nlmsg_len=223 recv=223 pid=0 groups=1 flags=0 seq=0 msg=${STAMP}${body()}`,
    undefined,
  ],
  [
    'journal-json',
    'journal-json',
    JSON.stringify({ __CURSOR: 's', _TRANSPORT: 'kernel', SYSLOG_FACILITY: '0', _HOSTNAME: 'vm', MESSAGE: TEXT }),
    'vm',
  ],
  [
    'journal-json of bytes',
    'journal-json',
    JSON.stringify({ __CURSOR: 's', _HOSTNAME: 'vm', MESSAGE: [...Buffer.from(TEXT)] }),
    'vm',
  ],
  ['json-sse', 'journal-json', `data: ${JSON.stringify({ __CURSOR: 's', _HOSTNAME: 'vm', MESSAGE: TEXT })}`, 'vm'],
  ['json-seq', 'journal-json', `\x1e${JSON.stringify({ __CURSOR: 's', _HOSTNAME: 'vm', MESSAGE: TEXT })}`, 'vm'],
  [
    'json of an old journald',
    'journal-json',
    `{ "__CURSOR" : "s", "_HOSTNAME" : "vm", "MESSAGE" : ${JSON.stringify(TEXT)} }`,
    'vm',
  ],
  ['journal-export', 'journal-export', `__CURSOR=s\n_HOSTNAME=vm\nMESSAGE=${TEXT}\n`, 'vm'],
];

test.for(FORMS)('%s', ([, carrier, line, host]) => {
  const { records, rejections } = read(carrier, `${line}\n`);
  expect(rejections).toEqual([]);
  expect(records).toMatchObject([
    { kind: 'seccomp', nr: 262, exe: '/usr/bin/hello', host, stamp: { atMs: 1795310814627, serial: 1783517 } },
  ]);
});

/** `[ 1431.072111] ` begins lines of dmesg and of journalctl -o short-monotonic. */
const AMBIGUOUS = new Set(['journalctl -o short-monotonic', 'dmesg of an old kernel']);

test.for(FORMS.filter(([name]) => !AMBIGUOUS.has(name)))('%s is detected', ([, carrier, line]) => {
  expect(detectCarrier(Buffer.from(`${line}\n`))).toBe(carrier);
});

test('of mixed lines the most count, whatever comes first', () => {
  expect(
    detectCarrier(Buffer.from(`-- Journal begins at Sun --\n----\n${auditLine()}\n${auditLine()}\n[  1.1] x\n`)),
  ).toBe('audit-log');
});

test.for(['', '\n', 'hello world\n', '\0\0\0', '{"a": 1}\n', 'EPIPE 1\nEPIPE 2\n'])('no carrier in %j', (text) => {
  expect(detectCarrier(Buffer.from(text))).toBeUndefined();
});

test('audit-listen is detected before its first record', () => {
  expect(detectCarrier(Buffer.from('#ready netlink rcvbuf=134217728\n'))).toBe('netlink');
});

test('every carrier has its trust', () => {
  expect(CARRIERS.map((carrier) => [carrier, defaultTrust(carrier)])).toEqual([
    ['netlink', 'kernel'],
    ['kmsg', 'kernel'],
    ['dmesg', 'forgeable'],
    ['syslog', 'forgeable'],
    ['audit-log', 'file'],
    ['journal-json', 'kernel'],
    ['journal-export', 'kernel'],
  ]);
});

test('journald: the audit transport tells type and stamp in fields', () => {
  const entry = {
    __CURSOR: 's',
    _TRANSPORT: 'audit',
    _AUDIT_TYPE: '1326',
    _AUDIT_ID: '2183621',
    _SOURCE_REALTIME_TIMESTAMP: '1795310909567000',
    _BOOT_ID: '85ed87c67bc2450c99f1ada75e5a3e25',
    _HOSTNAME: 'vm',
    MESSAGE: `SECCOMP ${body()}`,
  };
  const one = (change: object): unknown => {
    const { records, rejections } = read('journal-json', JSON.stringify({ ...entry, ...change }));
    return records[0] ?? rejections[0];
  };
  expect(one({})).toMatchObject({
    kind: 'seccomp',
    trust: 'kernel',
    nr: 262,
    host: 'vm',
    bootId: '85ed87c67bc2450c99f1ada75e5a3e25',
    stamp: { atMs: 1795310909567, serial: 2183621 },
  });
  expect(one({ _AUDIT_TYPE: '1302' })).toMatchObject({ kind: 'other', type: 1302, stamp: { serial: 2183621 } });
  expect(one({ _AUDIT_TYPE: '1300', MESSAGE: `SYSCALL ${syscallBody()}` })).toMatchObject({
    kind: 'syscall',
    trust: 'kernel',
    nr: 257,
    args: ['ffffff9c', '7ffca2ea4d5c', '80000', '0'],
    bootId: '85ed87c67bc2450c99f1ada75e5a3e25',
    stamp: { atMs: 1795310909567, serial: 2183621 },
  });
  expect(one({ _AUDIT_ID: undefined })).toMatchObject({ reason: 'bad-stamp' });
  expect(one({ _AUDIT_ID: '-1' })).toMatchObject({ reason: 'bad-stamp' });
  expect(one({ _AUDIT_ID: ['1', '2'] })).toMatchObject({ stamp: { serial: 1 } });
  expect(one({ _SOURCE_REALTIME_TIMESTAMP: undefined })).toMatchObject({ reason: 'bad-stamp' });
  expect(one({ _BOOT_ID: '../x' })).toMatchObject({ bootId: undefined });
  expect(one({ _HOSTNAME: 'a\u001bb' })).toMatchObject({ host: 'a\\x1bb' });
  expect(one({ MESSAGE: null })).toMatchObject({ reason: 'too-long', field: 'MESSAGE' });
  expect(one({ MESSAGE: [`SECCOMP ${body()}`, 'x'] })).toMatchObject({ kind: 'seccomp' });
  expect(one({ MESSAGE: 'SECCOMP' })).toMatchObject({ reason: 'truncated' });
  expect(one({ MESSAGE: { a: 'audit' } })).toBeUndefined();
  expect(one({ MESSAGE: [['audit']] })).toBeUndefined();
});

test('journalctl’s short text leaves out what audit records are told apart by', () => {
  const line = `Nov 22 01:28:29 vm audit[21563]: SECCOMP ${body()}\n`;
  expect(read('syslog', line).rejections).toMatchObject([{ reason: 'no-stamp' }]);
  expect(read('syslog', line).records).toEqual([]);
});

test('JSON that is cut or none', () => {
  const whole = JSON.stringify({ _TRANSPORT: 'kernel', MESSAGE: TEXT });
  expect(read('journal-json', whole.slice(0, -9)).rejections).toMatchObject([{ reason: 'bad-json' }]);
  expect(read('journal-json', `${TEXT}\n`).rejections).toEqual([]);
  expect(read('journal-json', '"audit"\n[1]\nnull\n{"audit":1}\n').rejections).toEqual([]);
});

test('an export entry that is cut gives a rejection, not less than it was', () => {
  const { records, rejections } = read(
    'journal-export',
    `_TRANSPORT=kernel\nSYSLOG_FACILITY=0\nMESSAGE=${TEXT}\n_HOSTNA`,
  );
  expect(records).toEqual([]);
  expect(rejections).toMatchObject([{ reason: 'truncated' }]);
});

test('an export value over 64 KiB', () => {
  const { rejections } = read('journal-export', `_TRANSPORT=kernel\nMESSAGE=${'x'.repeat(70_000)}\n\n`);
  expect(rejections).toMatchObject([{ reason: 'too-long', field: 'MESSAGE' }]);
});

test.for(CARRIERS.filter((carrier) => !carrier.startsWith('journal')))(
  '%s: NUL bytes and lines over 64 KiB',
  (carrier) => {
    const [, , line = ''] = FORMS.find(([, of]) => of === carrier) ?? [];
    const long = `${line}${'x'.repeat(70_000)}`;
    const { records, rejections, counters } = read(carrier, `\0\0\n${long}\n${'y'.repeat(200_000)}\n${line}\n\0`);
    expect(records).toHaveLength(1);
    expect(rejections).toMatchObject([{ reason: 'too-long' }]);
    expect(counters.rejected).toEqual({ 'too-long': 1 });
    expect(counters.bytes).toBe(2 + 1 + long.length + 1 + 200_001 + line.length + 2);
  },
);
