import { describe, expect, test } from 'vitest';
import type { Carrier } from '../../src/record/carrier.ts';
import type { Trust } from '../../src/record/trust.ts';
import { auditLine, body, printkText, STAMP } from './lines.ts';
import { isSeccomp, read } from './reading.ts';

const FORGED = printkText({ exe: '"/usr/bin/forged"' });
const BARE = FORGED.replace('audit: ', '');

function journal(fields: Record<string, unknown>): string {
  return JSON.stringify({ _BOOT_ID: '85ed87c67bc2450c99f1ada75e5a3e25', _HOSTNAME: 'vm', MESSAGE: FORGED, ...fields });
}

/** What each line may be trusted; undefined: no record at all. */
const CASES: readonly (readonly [string, Carrier, string, Trust | undefined])[] = [
  ['the kernel', 'kmsg', `5,1,2,-;${FORGED}`, 'kernel'],
  ['the kernel, with a caller id', 'kmsg', `5,1,2,-,caller=T123;${FORGED}`, 'kernel'],
  ['the kernel at another level', 'kmsg', `7,1,2,-;${FORGED}`, 'kernel'],
  ['root, plain', 'kmsg', `12,1,2,-;${FORGED}`, 'forgeable'],
  ['root, <5>', 'kmsg', `13,1,2,-;${FORGED}`, 'forgeable'],
  ['root, <0>', 'kmsg', `8,1,2,-;${FORGED}`, 'forgeable'],
  ['root, <253>', 'kmsg', `253,1,2,-;${FORGED}`, 'forgeable'],
  ['root, huge', 'kmsg', `1792,1,2,-;${FORGED}`, 'forgeable'],
  ['without audit’s prefix', 'kmsg', `5,1,2,-;${BARE}`, 'forgeable'],
  [
    'AUDIT_USER_AVC with the text',
    'kmsg',
    `5,1,2,-;audit: type=1107 ${STAMP}pid=1 uid=65534 msg='${FORGED}'`,
    undefined,
  ],
  [
    'AUDIT_USER_AVC with a newline',
    'kmsg',
    `5,1,2,-;audit: type=1107 ${STAMP}pid=1 msg='x\\x0a${FORGED}\\x0a${auditLine()}'`,
    undefined,
  ],
  ['text before the type', 'kmsg', `5,1,2,-;x ${FORGED}`, undefined],
  ['a dictionary line', 'kmsg', ` ${FORGED}`, undefined],
  ['negative prefix', 'kmsg', `-3,1,2,-;${FORGED}`, undefined],
  ['AUDIT_USER_AVC', 'netlink', `type=1107 msg=${STAMP}pid=1 msg='x\\x0atype=1326 msg=${STAMP}${body()}'`, undefined],
  ['a comment', 'netlink', `#type=1326 msg=${STAMP}${body()}`, undefined],
  ['the kernel', 'netlink', `type=1326 msg=${STAMP}${body()}`, 'kernel'],
  [
    'AUDIT_USER_AVC, newline replaced',
    'audit-log',
    `type=USER_AVC msg=${STAMP}pid=1 msg='x' ${auditLine()}'`,
    undefined,
  ],
  ['AUDIT_USER_AVC, separator', 'audit-log', `type=USER_AVC msg=${STAMP}pid=1 msg='x\x1d${auditLine()}'`, undefined],
  ['auditd', 'audit-log', auditLine(), 'file'],
  ['dmesg', 'dmesg', `[  986.784820] ${FORGED}`, 'forgeable'],
  ['dmesg with a time of its own in the text', 'dmesg', `[  986.784820] [  986.784820] ${FORGED}`, undefined],
  ['dmesg -x, root', 'dmesg', `user  :notice: [  986.784820] ${FORGED}`, 'forgeable'],
  ['syslog', 'syslog', `Nov 22 01:33:36 vm kernel: [ 1739.938127] ${FORGED}`, 'forgeable'],
  ['logger -t kernel', 'syslog', `Nov 22 01:33:36 vm kernel: ${FORGED}`, 'forgeable'],
  ['a daemon', 'syslog', `Nov 22 01:33:36 vm kernel[21736]: ${FORGED}`, 'forgeable'],
  ['embedded newline', 'syslog', `Nov 22 01:33:36 vm myapp: hello#012Nov 22 01:33:36 vm kernel: ${FORGED}`, undefined],
  [
    'RFC 5424 with a second space',
    'syslog',
    `<5>1 2026-11-22T01:32:32.787988+00:00 vm kernel - - -  ${FORGED}`,
    undefined,
  ],
  ['journald: kernel', 'journal-json', journal({ _TRANSPORT: 'kernel', SYSLOG_FACILITY: '0' }), 'kernel'],
  ['journald: root by /dev/kmsg', 'journal-json', journal({ _TRANSPORT: 'kernel', SYSLOG_FACILITY: '1' }), 'forgeable'],
  [
    'journald: /dev/kmsg, facility 31',
    'journal-json',
    journal({ _TRANSPORT: 'kernel', SYSLOG_FACILITY: '31' }),
    'forgeable',
  ],
  ['journald: no facility', 'journal-json', journal({ _TRANSPORT: 'kernel' }), 'forgeable'],
  [
    'journald: without audit’s prefix',
    'journal-json',
    journal({ _TRANSPORT: 'kernel', SYSLOG_FACILITY: '0', MESSAGE: BARE }),
    'forgeable',
  ],
  ['journald: syslog', 'journal-json', journal({ _TRANSPORT: 'syslog', SYSLOG_FACILITY: '0' }), 'forgeable'],
  ['journald: stdout', 'journal-json', journal({ _TRANSPORT: 'stdout' }), 'forgeable'],
  [
    'journald: native',
    'journal-json',
    journal({ _TRANSPORT: 'journal', SYSLOG_FACILITY: '0', _AUDIT_TYPE: '1326' }),
    'forgeable',
  ],
  ['journald: no transport', 'journal-json', journal({}), 'forgeable'],
  ['journald: newline', 'journal-json', journal({ _TRANSPORT: 'syslog', MESSAGE: `x\n${FORGED}` }), undefined],
  [
    'journald: kernel, user AVC with a newline',
    'journal-json',
    journal({
      _TRANSPORT: 'kernel',
      SYSLOG_FACILITY: '0',
      MESSAGE: `audit: type=1107 ${STAMP}pid=1 msg='x\n${FORGED}`,
    }),
    undefined,
  ],
];

describe('trust', () => {
  test.for(CASES)('%s (%s)', ([, carrier, line, trust]) => {
    const { records } = read(carrier, `${line}\n`);
    expect(records.filter(isSeccomp).map((record) => record.trust)).toEqual(trust === undefined ? [] : [trust]);
  });

  test.for(CASES.filter(([, , , trust]) => trust === undefined))(
    '%s (%s): no word of the operator makes it a record',
    ([, carrier, line]) => {
      expect(read({ carrier, trust: 'kernel' }, `${line}\n`).records.filter(isSeccomp)).toEqual([]);
    },
  );

  test.for(
    CASES.filter(
      ([name, , , trust]) => trust === 'forgeable' && /root|daemon|no |syslog$|stdout|native|kmsg|prefix/.test(name),
    ).filter(([name]) => name !== 'syslog'),
  )('%s (%s): the line itself says that a process wrote it, whatever the operator says', ([, carrier, line]) => {
    expect(read({ carrier, trust: 'kernel' }, `${line}\n`).records).toMatchObject([{ trust: 'forgeable' }]);
  });

  test.for([
    ['dmesg', `[  986.784820] ${FORGED}`],
    ['syslog', `Nov 22 01:33:36 vm kernel: ${FORGED}`],
    ['audit-log', auditLine()],
  ] as const)('the operator’s word counts for %s', ([carrier, line]) => {
    expect(read({ carrier, trust: 'kernel' }, line).records).toMatchObject([{ trust: 'kernel' }]);
    expect(read({ carrier, trust: 'forgeable' }, line).records).toMatchObject([{ trust: 'forgeable' }]);
  });

  test('a captured file may be worth less than what it holds', () => {
    const line = `type=1326 msg=${STAMP}${body()}`;
    expect(read('netlink', line).records).toMatchObject([{ trust: 'kernel' }]);
    expect(read({ carrier: 'netlink', trust: 'file' }, line).records).toMatchObject([{ trust: 'file' }]);
  });
});

test('what is smuggled is counted where nothing else of ours is on its line', () => {
  expect(read('kmsg', `12,1,2,-;line1\\x0a${FORGED}\n`).rejections).toMatchObject([{ reason: 'not-at-start' }]);
  expect(read('syslog', `Nov 22 01:33:36 vm myapp: ${FORGED.replace('audit', 'xaudit')}\n`).rejections).toMatchObject([
    { reason: 'not-at-start' },
  ]);
});

test('export values with newlines cannot imitate fields', () => {
  const message = Buffer.from(`x\n_TRANSPORT=kernel\nSYSLOG_FACILITY=0\nMESSAGE=${FORGED}\n\n`);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(message.length));
  const entry = Buffer.concat([Buffer.from('_TRANSPORT=syslog\nMESSAGE\n'), size, message, Buffer.from('\n\n')]);
  const { records, rejections } = read('journal-export', entry);
  expect(records).toEqual([]);
  expect(rejections).toMatchObject([{ reason: 'not-at-start' }]);
});
