import { expect, test } from 'vitest';
import { CAPABILITIES, FAMILIES, MOUNT_FLAGS, RLIMITS, SIGNALS, SOCKET_TYPES } from '../../src/apparmor/words.ts';
import type { Access } from '../../src/record/access.ts';
import { profileText } from '../../src/render/apparmor.ts';
import { count, file, rules, suggest } from './accesses.ts';
import { complaint, complaint4 } from './parser.ts';

const net = { kind: 'network', protocol: 6, requested: 'create', denied: 'create' } as const;
const send = { requested: 'send', denied: 'send' };

/** An access of each class and the rule for it. */
const CASES: readonly (readonly [Access, string])[] = [
  [file('/a b', 'rwcd'), '"/a b" rw,'],
  [file('/x', 'c', { owner: 'owner' }), 'owner /x w,'],
  [file('/x', 'a'), '/x a,'],
  [file('/x', 'rwacdkm'), '/x mrwk,'],
  [file('/x', 'l', { target: '/y z' }), 'link /x -> "/y z",'],
  [file('/x', 'l'), '/x l,'],
  [file('run/x', 'r', { disconnected: true }), '/run/x r,'],
  [{ kind: 'exec', path: '/x', owner: 'other' }, '/x ix,'],
  [{ kind: 'exec', path: '/x', owner: 'owner', target: 'p//null-/x' }, 'owner /x ix,'],
  [{ kind: 'exec', path: '/x', owner: 'other', target: '/x' }, '/x Px,'],
  [{ kind: 'exec', path: '/x', owner: 'other', target: 'other one' }, '/x Px -> "other one",'],
  [{ kind: 'exec', path: '/x', owner: 'other', target: 'p//c' }, '/x Cx -> c,'],
  [{ kind: 'exec', path: '/x', owner: 'other', target: 'unconfined' }, '/x ix,'],
  [{ kind: 'capability', name: 'sys_admin' }, 'capability sys_admin,'],
  [{ ...net, family: 'inet', type: 'stream' }, 'network inet stream,'],
  [{ ...net, family: 'netlink', type: 'raw' }, 'network netlink raw,'],
  [{ ...net, family: 'unix', type: 'seqpacket' }, 'network unix seqpacket,'],
  [
    {
      kind: 'unix',
      type: 'stream',
      addr: '@/a b',
      peerAddr: '@x',
      peer: 'q',
      requested: 'connect send',
      denied: 'send',
    },
    'unix (connect send) type=stream addr="@/a b" peer=(addr=@x label=q),',
  ],
  [{ kind: 'signal', signal: 'usr1', peer: '/usr/bin/x y', ...send }, 'signal (send) set=(usr1) peer="/usr/bin/x y",'],
  [{ kind: 'signal', signal: 'rtmin+5', peer: 'q', ...send }, 'signal (send) set=(rtmin+5) peer=q,'],
  [{ kind: 'ptrace', peer: 'q//r', requested: 'trace', denied: 'trace' }, 'ptrace (trace) peer=q//r,'],
  [
    { kind: 'mount', target: '/m n/', source: '/dev/x y', fstype: 'fuse.a b', flags: ['rw', 'nosuid'] },
    'mount fstype="fuse.a b" options=(rw, nosuid) "/dev/x y" -> "/m n/",',
  ],
  [{ kind: 'mount', target: '/', flags: ['rw', 'rprivate'] }, 'mount options=(rw, rprivate) -> /,'],
  [{ kind: 'umount', target: '/m/' }, 'umount /m/,'],
  [{ kind: 'pivot_root', newRoot: '/n/', oldRoot: '/n/o/' }, 'pivot_root oldroot=/n/o/ /n/,'],
  [
    {
      kind: 'dbus',
      mask: 'send',
      bus: 'system',
      path: '/o',
      interface: 'o.I',
      member: 'M',
      name: 'o.N',
      peer: 'un confined',
    },
    'dbus (send) bus=system path=/o interface=o.I member=M peer=(name=o.N label="un confined"),',
  ],
  [{ kind: 'dbus', mask: 'bind', bus: 'session', name: 'o.N', peer: 'q' }, 'dbus (bind) bus=session name=o.N,'],
  [{ kind: 'dbus', mask: 'eavesdrop', bus: 'session', path: '/o' }, 'dbus (eavesdrop) bus=session,'],
  [{ kind: 'change_profile', target: 'a b' }, 'change_profile -> "a b",'],
  [{ kind: 'stack', target: 'p//&q' }, 'change_profile -> &q,'],
  ...['fsize', 'cpu', 'rttime', 'nofile', 'as', 'rtprio'].map((name): [Access, string] => [
    { kind: 'rlimit', name, value: '100' },
    `set rlimit ${name} <= 100,`,
  ]),
  [{ kind: 'rlimit', name: 'nice', value: '25' }, 'set rlimit nice <= -5,'],
  [{ kind: 'rlimit', name: 'memlock', value: '18446744073709551615' }, 'set rlimit memlock <= infinity,'],
];
const NEWER: readonly (readonly [Access, string])[] = [
  [{ kind: 'userns', requested: 'create', denied: 'create' }, 'userns create,'],
  [{ kind: 'io_uring', requested: 'sqpoll', denied: 'sqpoll' }, 'io_uring (sqpoll),'],
  [
    { kind: 'io_uring', label: 'a b', requested: 'override_creds', denied: '' },
    'io_uring (override_creds) label="a b",',
  ],
  [
    { kind: 'mqueue', type: 'posix', name: '/q r', requested: 'create getattr', denied: '' },
    'mqueue (create getattr) type=posix "/q r",',
  ],
  [{ kind: 'mqueue', type: 'sysv', name: '123', requested: 'read', denied: '' }, 'mqueue (read) type=sysv 123,'],
  [
    { ...net, family: 'inet', type: 'stream', local: { addr: '127.0.0.1', port: 80 }, requested: 'bind', denied: '' },
    'network (bind) inet stream ip=127.0.0.1 port=80,',
  ],
  [
    { ...net, family: 'inet6', type: 'dgram', remote: { addr: '::1', port: 53 }, requested: 'connect', denied: '' },
    'network (connect) inet6 dgram peer=(ip=::1 port=53),',
  ],
];

test.for(CASES)('%o: %s', ([access, rule]) => {
  expect(rules([access])).toEqual([rule]);
});

test.for(NEWER)('%o: %s', ([access, rule]) => {
  expect(rules([access], { addresses: true })).toEqual([rule]);
  expect(suggest([count(access)], { addresses: true }).newer).toBe(true);
});

const profile = (lines: readonly string[]) => `profile p {\n${lines.join('\n')}\n}\n`;

test('apparmor_parser takes every one of them, alone', { timeout: 60_000 }, () => {
  // A transition of one is not to be held against another's.
  for (const [access] of CASES) expect(complaint(profile(rules([access]))), JSON.stringify(access)).toBe('');
});

test('it takes refusals of every class', () => {
  const all = CASES.map(([access]) => count(access));
  expect(complaint(profileText(suggest(all), { mode: 'enforce', deny: true }))).toBe('');
});

test('it knows every word that a rule may hold', () => {
  const signals = [...SIGNALS].map((signal): Access => ({ kind: 'signal', signal, peer: 'q', ...send }));
  const families = [...FAMILIES].map((family): Access => ({ ...net, family, type: 'stream' }));
  const types = [...SOCKET_TYPES].map((type): Access => ({ ...net, family: 'inet', type }));
  const flags = [...MOUNT_FLAGS].map((flag): Access => ({ kind: 'mount', target: '/', flags: [flag] }));
  const limits = [...RLIMITS].map((name): Access => ({ kind: 'rlimit', name, value: '1' }));
  const capabilities = [...CAPABILITIES].map((name): Access => ({ kind: 'capability', name }));
  const words = [...capabilities, ...signals, ...families, ...types, ...flags, ...limits];
  expect(complaint(profile(words.flatMap((access) => rules([access]))))).toBe('');
});

test('that of AppArmor 4 takes what is new in it, and the rest', { timeout: 180_000 }, () => {
  const all = [...NEWER, ...CASES.filter(([{ kind }]) => kind !== 'exec')].map(([access]) => access);
  expect(complaint4(`abi <abi/4.0>,\n${profile(rules(all, { addresses: true }))}`)).toBe('');
});

test.for<[Access, string]>([
  [{ ...net, family: 'unknown(99)', type: 'stream' }, 'network family unknown(99)'],
  [{ ...net, family: 'inet', type: 'x, capability sys_admin' }, 'socket type x, capability sys_admin'],
  [{ kind: 'signal', signal: 'x) peer=*, /** rw, #', peer: 'q', ...send }, 'signal x) peer=*, /** rw, #'],
  [{ kind: 'mount', target: '/', flags: ['rw) -> /**, #'] }, 'mount flag rw) -> /**, #'],
  [{ kind: 'dbus', mask: 'send', bus: 'x,' }, 'bus x,'],
  [{ kind: 'rlimit', name: 'luck', value: '1' }, 'rlimit luck'],
  [{ kind: 'ptrace', peer: 'q', requested: 'dance', denied: '' }, 'ptrace access dance'],
  [{ kind: 'unknown', operation: 'dance' }, 'operation dance'],
  [{ kind: 'capability', name: 'newer_than_this' }, 'capability newer_than_this'],
])('%o is told to have no rule: %s', ([access, what]) => {
  const { unwritable, root } = suggest([count(access, { count: 3 })]);
  expect([unwritable, root.rules]).toEqual([[[what, 3]], []]);
});

test('what was only logged asks for no limit, and what the profile allowed is no lack', () => {
  const limit: Access = { kind: 'rlimit', name: 'nofile', value: '1' };
  expect(rules([count(limit, { verdict: 'AUDIT' })])).toEqual([]);
  expect(rules([count(file('/x', 'r'), { verdict: 'AUDIT' })])).toEqual(['/x r,']);
  expect(rules([count(file('/x', 'r'), { verdict: 'AUDIT' })], { scope: 'lacking' })).toEqual([]);
  expect(rules([file('/x', 'rw', { denied: 'w' })], { scope: 'lacking' })).toEqual(['/x w,']);
});

test('masks are merged, by who asked', () => {
  const owner = (mask: string) => file('/x', mask, { owner: 'owner' });
  expect(rules([owner('r'), owner('c'), owner('d')])).toEqual(['owner /x rw,']);
  expect(rules([owner('r'), file('/x', 'r')])).toEqual(['/x r,']);
  expect(rules([owner('rw'), file('/x', 'r')])).toEqual(['/x r,', 'owner /x w,']);
  expect(rules([owner('a'), file('/x', 'w')])).toEqual(['/x w,']);
  expect(rules([owner('w'), file('/x', 'a')])).toEqual(['/x a,', 'owner /x w,']);
});

test('a program has one way to go on: the profile that was named last', () => {
  const exec = (target: string | undefined, lastMs: number, owner: 'owner' | 'other' = 'owner') =>
    count({ kind: 'exec', path: '/x', owner, target }, { lastMs });
  expect(rules([exec(undefined, 9), exec('q', 5), exec('r', 7), exec('p//null-/x', 8)])).toEqual(['owner /x Px -> r,']);
  expect(rules([exec(undefined, 9), exec('p//null-/x', 8, 'other')])).toEqual(['/x ix,']);
});

test('signals of one peer are one rule, sent and received apart', () => {
  const signal = (name: string, mask: string): Access => ({
    kind: 'signal',
    signal: name,
    peer: 'q',
    requested: mask,
    denied: mask,
  });
  expect(rules([signal('usr1', 'send'), signal('term', 'send'), signal('hup', 'receive')])).toEqual([
    'signal (receive) set=(hup) peer=q,',
    'signal (send) set=(term usr1) peer=q,',
  ]);
});

test('less trusted records make no rule', () => {
  const forged = count(file('/etc/shadow', 'rw'), { trust: 'forgeable', count: 5 });
  expect(suggest([forged, count(file('/x', 'r'))])).toMatchObject({
    untrusted: 5,
    root: { rules: [{ rule: { path: '/x' } }] },
  });
  expect(rules([forged], { trust: 'forgeable' })).toEqual(['/etc/shadow rw,']);
});
