import { describe, expect, test } from 'vitest';
import type { SeccompRecord } from '../../src/record/record.ts';
import { auditLine, type Body, body, STAMP } from './lines.ts';
import { read } from './reading.ts';

const RECORD: SeccompRecord = {
  kind: 'seccomp',
  stamp: { atMs: 1795310814627, serial: 1783517 },
  trust: 'file',
  host: undefined,
  bootId: undefined,
  auid: 1000,
  uid: 33,
  gid: 34,
  ses: 7,
  pid: 4242,
  comm: 'hello',
  exe: '/usr/bin/hello',
  sig: 0,
  archToken: 0xc000003e,
  nr: 262,
  compat: 0,
  ip: '7f621412b86a',
  code: 0x7ffc0000,
};

function one(line: string): unknown {
  const { records, rejections } = read('audit-log', `${line}\n`);
  expect(records.length + rejections.length).toBeLessThanOrEqual(1);
  return records[0] ?? rejections[0];
}

test('reads every field as the kernel printed it', () => {
  expect(one(auditLine())).toEqual(RECORD);
});

describe('odd but whole', () => {
  const cases: readonly (readonly [string, Partial<Body>, Partial<SeccompRecord>])[] = [
    ['unset auid and ses', { auid: '4294967295', ses: '4294967295' }, { auid: 4294967295, ses: 4294967295 }],
    ['a skipped call', { syscall: '-1' }, { nr: -1 }],
    ['an x32 call', { syscall: '1073741863' }, { nr: 1073741863 }],
    ['i386', { arch: '40000003', compat: '1', syscall: '45' }, { archToken: 0x40000003, compat: 1, nr: 45 }],
    ['big-endian arm', { arch: '28' }, { archToken: 0x28 }],
    ['aarch64', { arch: 'c00000b7' }, { archToken: 0xc00000b7 }],
    ['an arch that no table has', { arch: 'deadbeef' }, { archToken: 0xdeadbeef }],
    ['killed thread', { sig: '31', code: '0' }, { sig: 31, code: 0 }],
    ['killed process', { sig: '31', code: '80000000' }, { sig: 31, code: 0x80000000 }],
    ['64-bit ip', { ip: 'ffffffffff600000' }, { ip: 'ffffffffff600000' }],
    ['ip of 33 bits', { ip: '1ffffffff' }, { ip: '1ffffffff' }],
    ['ip 0', { ip: '0' }, { ip: '0' }],
    ['comm that imitates a field', { comm: '"syscall=59"' }, { comm: 'syscall=59' }],
    [
      'comm that imitates the end',
      { comm: '"code=0x0"', exe: '"code=0x7ffc0000"' },
      { comm: 'code=0x0', exe: 'code=0x7ffc0000' },
    ],
    ['empty comm', { comm: '""' }, { comm: '' }],
    ['comm (null), exe (null)', { comm: '(null)', exe: '(null)' }, { comm: '(null)', exe: '(null)' }],
    ['exe of a starting container', { exe: '"/"' }, { exe: '/' }],
    ['quoted name that looks like hex', { comm: '"6162"' }, { comm: '6162' }],
    ['hex comm', { comm: '6576696C22206578653D2278' }, { comm: 'evil" exe="x' }],
    ['hex with newline', { comm: '6E65770A6C696E65' }, { comm: 'new\\x0aline' }],
    ['hex that is cut inside a character', { comm: '68656C6CC3' }, { comm: 'hell\\xc3' }],
    ['a deleted program', { exe: '2F746D702F78202864656C6574656429' }, { exe: '/tmp/x (deleted)' }],
    ['a memfd', { exe: '2F6D656D66643A7061796C6F6164202864656C6574656429' }, { exe: '/memfd:payload (deleted)' }],
    ['backslash', { comm: '"a\\b"' }, { comm: 'a\\x5cb' }],
    ['label', { subj: ' subj=unconfined' }, {}],
    ['label of SELinux', { subj: ' subj=system_u:system_r:httpd_t:s0-s0:c0.c1023' }, {}],
    ['label with spaces and a second =', { subj: ' subj==firejail-default (enforce)' }, {}],
    ['label with spaces', { subj: ' subj=name with space' }, {}],
    ['label ?', { subj: ' subj=?' }, {}],
    ['empty label', { subj: ' subj=' }, {}],
    ['label that imitates the fields before it', { subj: ' subj=x auid=0 uid=0 gid=0 ses=1' }, {}],
    [
      'label that imitates a whole record',
      { subj: ` subj=x ${body({ syscall: '59', exe: '"/bin/evil"', pid: '1' })}` },
      {},
    ],
  ];
  test.for(cases)('%s', ([, change, expected]) => {
    expect(one(auditLine(change))).toEqual({ ...RECORD, ...expected });
  });
});

test.for([
  ['node', `node=web-1.example ${auditLine()}`, { host: 'web-1.example' }],
  ['hostile node', `node=a\x1bb ${auditLine()}`, { host: 'a\\x1bb' }],
  ['an auditd older than the type', auditLine().replace('SECCOMP', 'UNKNOWN[1326]'), {}],
  ['grep of many files', `/var/log/audit/audit.log.1:${auditLine()}`, {}],
  ['grep -n', `audit.log:17:node=n ${auditLine()}`, { host: 'n' }],
  ['enriched', `${auditLine()}\x1dAUID="unset" UID="root" GID="root" ARCH=x86_64 SYSCALL=unknown-syscall(-1)`, {}],
  ['enriched, separator lost', `${auditLine()}AUID="unset" UID="a b" GID="root" ARCH=x86_64 SYSCALL=close`, {}],
  ['enriched, separator a space', `${auditLine()} AUID="unset" UID="root" GID="root" ARCH=x86_64 SYSCALL=close`, {}],
  [
    'enriched, separator in caret notation',
    `${auditLine()}^]AUID="unset" UID="root" GID="root" ARCH=x86_64 SYSCALL=x`,
    {},
  ],
  ['carriage return', `${auditLine()}\r`, {}],
  ['trailing blank', `${auditLine()} `, {}],
  [
    'enriched tail that imitates a whole record after a label',
    `${auditLine({ subj: ' subj=a' })}\x1dx pid=1 comm="x" exe="/x" sig=0 arch=c000003e syscall=59 compat=0 ip=0x0 code=0x0`,
    {},
  ],
  ['enriched tail that lies', `${auditLine()}\x1dSYSCALL=execve syscall=59 compat=0 ip=0x0 code=0x0`, {}],
] as const)('reads around what auditd and people add: %s', ([, line, expected]) => {
  expect(one(line)).toEqual({ ...RECORD, ...expected });
});

describe('rejected, never guessed at', () => {
  const cases: readonly (readonly [string, string, string | undefined, Partial<Body>])[] = [
    ['no number', 'bad-number', 'syscall', { syscall: '' }],
    ['a name for a number', 'bad-number', 'syscall', { syscall: 'stat' }],
    ['hexadecimal where decimal is wanted', 'bad-number', 'syscall', { syscall: '0x3b' }],
    ['leading zero', 'bad-number', 'syscall', { syscall: '059' }],
    ['plus', 'bad-number', 'syscall', { syscall: '+59' }],
    ['minus nothing', 'bad-number', 'syscall', { syscall: '-' }],
    ['minus zero', 'bad-number', 'syscall', { syscall: '-0' }],
    ['beyond int', 'bad-number', 'syscall', { syscall: '2147483648' }],
    ['beyond everything', 'bad-number', 'syscall', { syscall: '9'.repeat(40) }],
    ['arch as a name', 'bad-number', 'arch', { arch: 'x86_64' }],
    ['arch (null)', 'bad-number', 'arch', { arch: '(null)' }],
    ['arch with prefix', 'bad-number', 'arch', { arch: '0xc000003e' }],
    ['arch upper case', 'bad-number', 'arch', { arch: 'C000003E' }],
    ['arch of 36 bits', 'bad-number', 'arch', { arch: '1c000003e' }],
    ['signal as a name', 'bad-number', 'sig', { sig: 'SIGSYS' }],
    ['no such signal', 'bad-number', 'sig', { sig: '129' }],
    ['compat 2', 'bad-number', 'compat', { compat: '2' }],
    ['ip without digits', 'bad-number', 'ip', { ip: '' }],
    ['ip of 68 bits', 'bad-number', 'ip', { ip: '10000000000000000' }],
    ['code as a name', 'bad-number', 'code', { code: 'log' }],
    ['no such action', 'bad-number', 'code', { code: '7ffc0001' }],
    ['a cut action', 'bad-number', 'code', { code: '7ffc000' }],
    ['negative pid', 'bad-number', 'pid', { pid: '-1' }],
    ['uid of 33 bits', 'bad-number', 'uid', { uid: '4294967296' }],
    ['comm unquoted', 'bad-name', 'comm', { comm: 'hello' }],
    ['lower-case hex', 'bad-name', 'comm', { comm: '6e65770a' }],
    ['odd hex', 'bad-name', 'exe', { exe: '2F7' }],
    ['half a quote', 'bad-name', 'exe', { exe: '"/usr/bin/hello' }],
    ['a quote alone', 'bad-name', 'exe', { exe: '"' }],
    ['a quote inside', 'bad-name', 'comm', { comm: '"a"b"' }],
    ['a space in quotes, which the kernel writes in hex', 'truncated', 'exe', { exe: '"/usr/bin/hello there"' }],
    ['NUL in quotes', 'bad-name', 'comm', { comm: '"a\0b"' }],
    ['UTF-8 in quotes, which the kernel writes in hex', 'bad-name', 'comm', { comm: '"ä"' }],
    ['no exe', 'bad-name', 'exe', { exe: '' }],
  ];
  test.for(cases)('%s', ([, reason, field, change]) => {
    expect(one(auditLine(change))).toMatchObject({ kind: 'rejected', reason, field });
  });

  test.for([
    ['a kernel before 3.16, without exe and arch', /exe=\S+ /, '', 'truncated', 'exe'],
    ['without arch', / arch=\S+/, '', 'truncated', 'arch'],
    ['without code', / code=\S+/, '', 'truncated', 'code'],
    ['without auid', /auid=\d+ /, '', 'truncated', 'auid'],
    ['something before auid', /auid=/, 'x=1 auid=', 'truncated', 'auid'],
    ['something else than a label before pid', / pid=/, ' x=1 pid=', 'truncated', 'auid'],
    ['two spaces', / syscall/, '  syscall', 'truncated', 'arch'],
    ['words after the end', /$/, ' (kmsg plain)', 'trailing', 'code'],
    ['glued words after the end', /$/, 'x', 'bad-number', 'code'],
    ['a second record after the end', /$/, ` ${body()}`, 'truncated', 'auid'],
    ['fields swapped', /sig=0 arch=c000003e/, 'arch=c000003e sig=0', 'truncated', 'arch'],
    ['a comma in the seconds', /audit\(1795310814\.627/, 'audit(1795310814,627', 'bad-stamp', undefined],
    ['two digits of milliseconds', /\.627:/, '.62:', 'bad-stamp', undefined],
    ['four digits of milliseconds', /\.627:/, '.6270:', 'bad-stamp', undefined],
    ['no serial', /:1783517\)/, ':)', 'bad-stamp', undefined],
    ['serial of 33 bits', /:1783517\)/, ':4294967296)', 'bad-stamp', undefined],
    [
      'a stamp of ausearch -i',
      /1795310814\.627:1783517\):/,
      '11/22/26 01:25:16.323:573557) :',
      'interpreted',
      undefined,
    ],
    [
      'an ISO stamp of ausearch -i',
      /1795310814\.627:1783517\):/,
      '2026-11-22 01:25:16.323:573557) :',
      'interpreted',
      undefined,
    ],
    ['a type in the middle', /^/, 'x ', 'not-at-start', undefined],
    ['no stamp', /msg=audit\(\S+ /, '', 'not-at-start', undefined],
  ] as const)('%s', ([, what, by, reason, field]) => {
    expect(one(auditLine().replace(what, by))).toMatchObject({ kind: 'rejected', reason, field });
  });

  test('the sample is the line, printable and short', () => {
    const { rejections } = read('audit-log', `${auditLine({ comm: `"\x1b${'x'.repeat(9000)}"` })}\n`);
    expect(rejections[0]?.sample).toMatch(/^type=SECCOMP msg=audit\(.*comm="\\x1bx+$/);
    expect(rejections[0]?.sample.length).toBeLessThan(400);
  });
});

test.for([
  "type=USER_AVC msg=audit(1795311052.860:2183705): pid=1 uid=0 msg='x' type=SECCOMP msg=audit(1.000:9): auid=1'",
  'type=PATH msg=audit(1795310715.311:573555): item=0 name="/lib64/ld-linux-x86-64.so.2" nametype=NORMAL',
  'type=EOE msg=audit(1795310715.311:573555): ',
  'type=1320 msg=audit(1795310715.311:573555): ',
])('keeps the serial of any other record: %s', (line) => {
  const { records, rejections } = read('audit-log', `${line}\n`);
  expect(rejections).toEqual([]);
  expect(records).toMatchObject([{ kind: 'other', stamp: {}, trust: 'file' }]);
});

test('a record of another type keeps the type as it stands', () => {
  const types = ['PATH', '1302', 'UNKNOWN[1334]', 'BPF'];
  const { records } = read('audit-log', types.map((type) => `type=${type} msg=${STAMP}x\n`).join(''));
  expect(records.map((record) => record.kind === 'other' && record.type)).toEqual(['PATH', 1302, 1334, 'BPF']);
});
