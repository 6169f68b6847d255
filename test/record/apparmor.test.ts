import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printable } from '../../src/record/name.ts';
import type { AppArmorRecord, LogRecord } from '../../src/record/record.ts';
import { auditString } from './lines.ts';
import { type Read, read, runs } from './reading.ts';

const STAMP = 'audit(1795310814.627:17): ';
const OPEN = 'operation="open" profile="p" name="/x" pid=7 comm="c" requested_mask="r" denied_mask="r" fsuid=1 ouid=1';
const FILE = { kind: 'file', path: '/x', owner: 'owner', requested: 'r', denied: 'r' };

function avc(body: string): Read {
  return read('audit-log', `type=AVC msg=${STAMP}${body}\n`);
}

function one({ records, rejections }: Read): AppArmorRecord {
  expect(rejections).toEqual([]);
  const [record] = records;
  if (record?.kind !== 'apparmor') throw new Error(`read as ${record?.kind}`);
  return record;
}

/** Every form that a record comes in, with the same content. */
test.for([
  ['audit-log', `type=AVC msg=${STAMP}apparmor="DENIED" ${OPEN}`],
  ['audit-log', `node=vm type=AVC msg=${STAMP}apparmor="DENIED" ${OPEN}\u001dFSUID="a" OUID="a"`],
  ['audit-log', `type=UNKNOWN[1400] msg=${STAMP}apparmor="DENIED" ${OPEN}`],
  ['audit-log', `type=APPARMOR_DENIED msg=${STAMP}${OPEN}`],
  ['audit-log', `type=1503 msg=${STAMP}${OPEN}`],
  ['netlink', `type=1400 msg=${STAMP}apparmor="DENIED" ${OPEN}`],
  ['kmsg', `5,1,1,-;audit: type=1400 ${STAMP}apparmor="DENIED" ${OPEN}`],
  ['dmesg', `[    1.0] audit: type=1400 ${STAMP}apparmor="DENIED" ${OPEN}`],
  ['dmesg', `[    1.0] type=1400 ${STAMP}apparmor="DENIED" ${OPEN}`],
  ['dmesg', `[    1.0] ${STAMP}type=1503 ${OPEN.replace('fsuid=1 ouid=1', '').replaceAll('"r"', '"r::"').trimEnd()}`],
  ['syslog', `Nov 22 01:33:36 vm kernel: [    1.0] audit: type=1400 ${STAMP}apparmor="DENIED" ${OPEN}`],
  [
    'journal-json',
    JSON.stringify({
      __REALTIME_TIMESTAMP: '1795310814627000',
      _TRANSPORT: 'audit',
      _AUDIT_TYPE: '1400',
      _AUDIT_ID: '17',
      _SOURCE_REALTIME_TIMESTAMP: '1795310814627000',
      MESSAGE: `AVC apparmor="DENIED" ${OPEN}`,
    }),
  ],
] as const)('%s: %s', ([carrier, line]) => {
  const record = one(read(carrier, `${line}\n`));
  expect(record).toMatchObject({ verdict: 'DENIED', profile: 'p', speaker: 'kernel', access: FILE });
  expect(record.stamp).toEqual({ atMs: 1795310814627, serial: 17 });
});

const P = 'profile="p"';
test.for<[string, object]>([
  [
    `operation="open" class="file" namespace="root//n" ${P} name="/x" requested_mask="r::r" denied_mask="::r"`,
    { ...FILE, owner: 'other' },
  ],
  [`operation="inode_permission" ${P} name="/x" requested_mask="::r" denied_mask="::r"`, { ...FILE, owner: 'other' }],
  [
    `operation="link" ${P} name="/x" requested_mask="l" denied_mask="l" fsuid=0 ouid=5 target="/y"`,
    { ...FILE, owner: 'other', requested: 'l', denied: 'l', target: '/y' },
  ],
  [
    `operation="inode_link" ${P} name="/x" name2="/y" requested_mask="l::" denied_mask="l::"`,
    { ...FILE, requested: 'l', denied: 'l', target: '/y' },
  ],
  [
    `operation="open" info="Failed name lookup - disconnected path" error=-13 ${P} name="run/x" requested_mask="dcaw" denied_mask="w" fsuid=0 ouid=0`,
    { ...FILE, path: 'run/x', requested: 'wacd', denied: 'w', disconnected: true },
  ],
  [
    `operation="exec" ${P} name="/x" requested_mask="x" denied_mask="x" fsuid=0 ouid=0 target="p//null-/x"`,
    { kind: 'exec', path: '/x', owner: 'owner', target: 'p//null-/x' },
  ],
  [`operation="capable" ${P} capability=21  capname="sys_admin"`, { kind: 'capability', name: 'sys_admin' }],
  [
    `operation="bind" ${P} laddr=::1 lport=80 family="inet6" sock_type="stream" protocol=6 requested_mask="bind" denied_mask="bind"`,
    {
      kind: 'network',
      family: 'inet6',
      type: 'stream',
      protocol: 6,
      local: { addr: '::1', port: 80 },
      remote: undefined,
      requested: 'bind',
    },
  ],
  [
    `operation="connect" ${P} laddr=1.2.3.4 lport=40000 faddr=5.6.7.8 fport=443 family="inet" sock_type="stream" protocol=6 requested_mask="send connect" denied_mask="connect"`,
    {
      kind: 'network',
      local: undefined,
      remote: { addr: '5.6.7.8', port: 443 },
      requested: 'connect send',
      denied: 'connect',
    },
  ],
  [
    `operation="connect" class="unix" ${P} family="unix" sock_type="stream" protocol=0 requested_mask="send receive connect" denied_mask="send" addr=none peer_addr="@/tmp/x" peer="q"`,
    {
      kind: 'unix',
      type: 'stream',
      addr: undefined,
      peerAddr: '@/tmp/x',
      peer: 'q',
      requested: 'connect receive send',
    },
  ],
  [
    `operation="create" ${P} family="unix" sock_type="stream" protocol=0 requested_mask="create"`,
    { kind: 'network', family: 'unix', denied: '' },
  ],
  [
    `operation="signal" ${P} requested_mask="send" denied_mask="send" signal=rtmin+5 peer=612062`,
    { kind: 'signal', signal: 'rtmin+5', peer: 'a b' },
  ],
  [
    `operation="ptrace" ${P} requested_mask="trace" denied_mask="trace" peer="q"`,
    { kind: 'ptrace', peer: 'q', requested: 'trace' },
  ],
  [
    `operation="mount" info="failed type match" error=-13 ${P} name="/m/" fstype="tmpfs" srcname="none" flags="rw, nosuid" options="size=1m"`,
    { kind: 'mount', target: '/m/', source: 'none', fstype: 'tmpfs', flags: ['rw', 'nosuid'] },
  ],
  [`operation="umount" ${P} name="/m/"`, { kind: 'umount', target: '/m/' }],
  [`operation="pivotroot" ${P} name="/n/" srcname="/n/o/"`, { kind: 'pivot_root', newRoot: '/n/', oldRoot: '/n/o/' }],
  [
    `operation="userns_create" class="namespace" info="x y" error=-13 ${P} requested="userns_create" denied="userns_create"`,
    { kind: 'userns', requested: 'create', denied: 'create' },
  ],
  [
    `operation="uring_override" class="io_uring" ${P} requested="override_creds" denied="override_creds" peer="q"`,
    { kind: 'io_uring', label: 'q', requested: 'override_creds' },
  ],
  [
    `operation="mqueue_create" class="posix_mqueue" ${P} name="/q" requested="create" denied="create" fsuid=0 ouid=0`,
    { kind: 'mqueue', type: 'posix', name: '/q', requested: 'create' },
  ],
  [`operation="change_onexec" ${P} name="t" target="t"`, { kind: 'change_profile', target: 't' }],
  [`operation="change_hat" ${P} target="p//h"`, { kind: 'change_hat', target: 'p//h' }],
  [`operation="stack" ${P} target="p//&t"`, { kind: 'stack', target: 'p//&t' }],
  [`operation="setrlimit" ${P} rlimit=nofile value=100`, { kind: 'rlimit', name: 'nofile', value: '100' }],
  [`operation="file_dance" ${P} steps=3 newest="key of all"`, { kind: 'unknown', operation: 'file_dance' }],
])('%s', ([body, access]) => {
  expect(one(avc(`apparmor="ALLOWED" ${body}`)).access).toMatchObject(access);
});

const DBUS =
  'apparmor="DENIED" operation="dbus_method_call"  bus="system" path="/o" interface="o.I" member="M" mask="send" name="o.N" pid=9 label="p" peer_pid=8 peer_label="un confined"';
const SENDER = 'pid=692 uid=102 auid=4294967295 ses=4294967295 subj=a msg=b';

test('what dbus-daemon writes is its own word, whatever carries it', () => {
  const line = `type=USER_AVC msg=${STAMP}${SENDER} msg='${DBUS} exe="/usr/bin/dbus-daemon" sauid=102 hostname=? addr=? terminal=?'\n`;
  const record = one(read({ carrier: 'audit-log', trust: 'kernel' }, line));
  expect(record).toMatchObject({ speaker: 'process', trust: 'kernel', profile: 'p', verdict: 'DENIED' });
  expect(record.access).toEqual({
    kind: 'dbus',
    mask: 'send',
    bus: 'system',
    path: '/o',
    interface: 'o.I',
    member: 'M',
    name: 'o.N',
    peer: 'un confined',
  });
});

test('namespaces and children are kept as the kernel names them', () => {
  const record = one(
    avc(
      'apparmor="DENIED" operation="open" namespace="root//n" profile="p//null-/x//null-/y" name="/x" requested_mask="r" denied_mask="r" fsuid=0 ouid=0',
    ),
  );
  expect(record).toMatchObject({ namespace: 'root//n', profile: 'p//null-/x//null-/y' });
});

describe('not ours', () => {
  test.for([
    `type=AVC msg=${STAMP}avc:  denied  { read } for  pid=1 comm="x" name="y" scontext=a tcontext=b tclass=file permissive=0`,
    `type=USER_AVC msg=${STAMP}${SENDER} msg='avc:  denied  { send_msg } for apparmor="DENIED"'`,
    `type=AVC msg=${STAMP}apparmor="STATUS" operation="profile_load" profile="unconfined" name="x" pid=1 comm="y"`,
    `type=AVC msg=${STAMP}apparmor="HINT" operation="change_hat" profile="x"`,
  ])('%s', (line) => {
    const { records, rejections } = read('audit-log', `${line}\n`);
    expect([records.map(({ kind }) => kind), rejections]).toEqual([['other'], []]);
  });
});

test.for<[string, string, string | undefined]>([
  [OPEN.replace('"p"', '"p'), 'truncated', 'profile'],
  [OPEN.replace('"/x"', '2f78'), 'bad-name', 'name'],
  [OPEN.replace('"/x"', '"/x" name="/y"'), 'repeated', 'name'],
  [OPEN.replace('"/x"', '"/a b"'), 'bad-name', 'name'],
  [OPEN.replace(' fsuid=1 ouid=1', ''), 'truncated', 'fsuid'],
  [OPEN.replace('profile="p" ', ''), 'truncated', 'profile'],
  [OPEN.replace(' ouid=1', ''), 'truncated', 'ouid'],
  [OPEN.replace('ouid=1', 'ouid=one'), 'bad-number', 'ouid'],
  [OPEN.replaceAll('"r"', '"q"'), 'bad-number', 'requested_mask'],
  [OPEN.replace('"/x"', '"x"'), 'bad-name', 'name'],
  [OPEN.replace('"/x"', '""'), 'truncated', 'name'],
  [`${OPEN} o`, 'truncated', undefined],
  [`${OPEN} type=AVC msg=${STAMP}apparmor="DENIED" ${OPEN}`, 'repeated', 'apparmor'],
  ['operation="capable" profile="p" capability=1 capname="x, /** rwx"', 'bad-name', 'capname'],
])('%s is rejected: %s %s', ([body, reason, field]) => {
  expect(avc(`apparmor="DENIED" ${body}`)).toMatchObject({ records: [], rejections: [{ reason, field }] });
});

const NAME = fc
  .oneof(
    fc.uint8Array({ min: 1, maxLength: 24 }),
    fc
      .constantFrom('" name="/etc/shadow', 'a\\b', ' apparmor="ALLOWED"', "x' msg='", 'none', '?', '(null)')
      .map((text) => Buffer.from(text)),
  )
  .map((bytes) => Buffer.concat([Buffer.from('/'), Buffer.from(bytes)]));

test.for(['audit-log', 'kmsg'] as const)(
  '%s: whatever a file and a profile are called, they are read as the kernel meant them',
  (carrier) => {
    const escaped = (text: string) => (carrier === 'kmsg' ? text.replaceAll('\\', '\\x5c') : text);
    const head = carrier === 'kmsg' ? '5,1,1,-;audit: type=1400 ' : 'type=AVC msg=';
    fc.assert(
      fc.property(NAME, NAME, NAME, (profile, name, comm) => {
        const [p, n, c] = [profile, name, comm].map((bytes) => escaped(auditString(bytes)));
        const line = `${head}${STAMP}apparmor="DENIED" operation="open" profile=${p} name=${n} pid=1 comm=${c} requested_mask="r" denied_mask="r" fsuid=0 ouid=1\n`;
        expect(one(read(carrier, line))).toMatchObject({
          profile: printable(profile),
          access: { kind: 'file', path: printable(name), owner: 'other' },
        });
      }),
      runs(300),
    );
  },
);

test('cut anywhere, a record is a rejection, or says no more than it did', () => {
  const line = `type=AVC msg=${STAMP}apparmor="DENIED" ${OPEN.replace('fsuid=1 ouid=1', 'fsuid=1000 ouid=1000')}`;
  const whole = one(read('audit-log', line));
  const kinds = new Set<LogRecord['kind'] | 'rejected' | 'nothing'>();
  for (let length = 0; length < line.length; length++) {
    const { records, rejections } = read('audit-log', line.slice(0, length));
    for (const record of records) {
      kinds.add(record.kind);
      // The last number may lose digits: the owner is then not known to be one, and the access is the same.
      if (record.kind === 'apparmor')
        expect(record.access).toMatchObject({ ...whole.access, owner: expect.anything() });
    }
    kinds.add(rejections.length > 0 ? 'rejected' : 'nothing');
  }
  expect(kinds).toContain('rejected');
});
