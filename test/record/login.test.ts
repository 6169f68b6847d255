import { expect, test } from 'vitest';
import { STAMP } from './lines.ts';
import { read } from './reading.ts';

const BODY = 'pid=812 uid=0 old-auid=4294967295 auid=1000 tty=(none) old-ses=4294967295 ses=3 res=1';
const LOGIN = { kind: 'login', pid: 812, oldSes: 4294967295, ses: 3, stamp: { atMs: 1795310814627, serial: 1783517 } };

test.for([
  ['audit.log', `type=LOGIN msg=${STAMP}${BODY}`],
  ['with a label', `type=LOGIN msg=${STAMP}${BODY.replace('uid=0', 'uid=0 subj==a (enforce) ses=9 res=0')}`],
  ['without tty, as RHEL 7 has it', `type=LOGIN msg=${STAMP}${BODY.replace(' tty=(none)', '')}`],
  ['enriched', `type=LOGIN msg=${STAMP}${BODY}\x1dUID="root" OLD-AUID="unset" AUID="user"`],
  ['enriched, separator lost', `type=LOGIN msg=${STAMP}${BODY}UID="root" OLD-AUID="unset" AUID="user"`],
] as const)('reads %s', ([, line]) => {
  expect(read('audit-log', `${line}\n`)).toMatchObject({ records: [{ ...LOGIN, trust: 'file' }], rejections: [] });
});

test('reads the kernel’s number for the type', () => {
  expect(read('netlink', `type=1006 msg=${STAMP}${BODY}\n`).records).toMatchObject([{ ...LOGIN, trust: 'kernel' }]);
  expect(read('kmsg', `5,1,2,-;audit: type=1006 ${STAMP}${BODY}\n`).records).toMatchObject([
    { ...LOGIN, trust: 'kernel' },
  ]);
});

test('a write that failed opened no session', () => {
  const { records } = read('netlink', `type=1006 msg=${STAMP}${BODY.replace('ses=3 res=1', 'ses=4294967295 res=0')}\n`);
  expect(records).toMatchObject([{ kind: 'other', type: 1006 }]);
});

test.for([
  ['res', BODY.replace(' res=1', '')],
  ['res', BODY.replace('res=1', 'res=2')],
  ['ses', BODY.replace('ses=3 res', 'ses=x res')],
  ['old-ses', BODY.replace('old-ses=4294967295', 'old-ses=4294967296')],
  ['pid', BODY.replace('pid=812', 'pid=')],
  ['ses', `pid=1 uid=0 old-auid=type=LOGIN msg=${STAMP}${BODY}`],
] as const)('rejects for %s: %s', ([field, body]) => {
  const { records, rejections } = read('netlink', `type=1006 msg=${STAMP}${body}\n`);
  expect(records).toEqual([]);
  expect(rejections).toMatchObject([{ field }]);
});
