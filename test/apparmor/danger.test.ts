import { expect, test } from 'vitest';
import type { Access } from '../../src/record/access.ts';
import { count, file, suggest } from './accesses.ts';

const capability = (name: string): Access => ({ kind: 'capability', name });

/** What a person would be warned of, from the worst to the harmless. */
test.for<[Access, number]>([
  [capability('sys_admin'), 10],
  [capability('mac_admin'), 10],
  [capability('net_raw'), 7],
  [capability('net_bind_service'), 3],
  [file('/etc/apparmor.d/x', 'w'), 10],
  [file('/run/docker.sock', 'rw'), 10],
  [file('/dev/sda', 'w'), 10],
  [file('/dev/sda', 'r'), 9],
  [file('/usr/bin/x', 'w'), 9],
  [file('/etc/shadow', 'r'), 8],
  [file('/etc/hosts', 'w'), 6],
  [file('/home/ann/.ssh/id_rsa', 'r'), 8],
  [file('/home/ann/.bashrc', 'w'), 8],
  [file('/home/ann/x', 'w'), 5],
  [file('/proc/sys/kernel/core_pattern', 'w'), 8],
  [file('/proc/7/environ', 'r'), 6],
  [file('/tmp/x', 'w'), 2],
  [file('/tmp/x', 'rm'), 6],
  [file('/srv/x', 'wm'), 9],
  [file('/usr/lib/x.so', 'rm'), 1],
  [file('/dev/null', 'rw'), 1],
  [file('/x', 'l', { target: '/etc/shadow' }), 9],
  [{ kind: 'exec', path: '/bin/sh', owner: 'other' }, 5],
  [{ kind: 'exec', path: '/tmp/x', owner: 'other' }, 8],
  [{ kind: 'exec', path: '/usr/bin/x', owner: 'other' }, 3],
  [{ kind: 'ptrace', peer: 'q', requested: 'trace', denied: '' }, 9],
  [{ kind: 'mount', target: '/', flags: ['rw'] }, 9],
  [{ kind: 'network', family: 'inet', type: 'raw', requested: '', denied: '' }, 7],
  [{ kind: 'network', family: 'packet', type: 'dgram', requested: '', denied: '' }, 7],
  [{ kind: 'network', family: 'inet', type: 'stream', requested: '', denied: '' }, 3],
  [{ kind: 'change_profile', target: 'unconfined' }, 10],
  [{ kind: 'dbus', mask: 'send', bus: 'system', interface: 'org.freedesktop.systemd1.Manager' }, 8],
])('%o: %d', ([access, score]) => {
  const [rule] = suggest([count(access)]).root.rules;
  expect(rule?.danger).toEqual({ score, reason: expect.stringMatching(/.{5}/) });
});

test('a program that nothing confines is the worst that can be started', () => {
  const { root } = suggest([count({ kind: 'exec', path: '/usr/bin/x', owner: 'other' })], { transition: 'Ux' });
  expect(root.rules[0]?.danger.score).toBe(10);
});

test('every rating is from 0 to 10, and a pattern is rated as its paths', () => {
  const paths = ['/proc/7/mem', '/root/.ssh/x', '/home/ann/.bashrc'].map((path) => count(file(path, 'rw')));
  const worst = (glob: boolean) =>
    suggest(paths, { glob })
      .root.rules.map(({ danger }) => danger.score)
      .sort((a, b) => a - b);
  expect(worst(true)).toEqual(worst(false));
});
