import { expect, test } from 'vitest';
import { generalised } from '../../src/apparmor/generalise.ts';
import { literal } from '../../src/apparmor/pattern.ts';
import { file, rules } from './accesses.ts';
import { complaint } from './parser.ts';

const CASES: readonly (readonly [string, string])[] = [
  ['/proc/123/status', '@{PROC}/@{pid}/status'],
  ['/proc/123/task/45/comm', '@{PROC}/@{pid}/task/@{tid}/comm'],
  ['/proc/sys/kernel/osrelease', '/proc/sys/kernel/osrelease'],
  ['/home/ann/.config/x', '@{HOME}/.config/x'],
  ['/root/x', '@{HOME}/x'],
  ['/home/ann', '/home/ann'],
  ['/usr/lib/x86_64-linux-gnu/libc.so.6', '/usr/lib/@{multiarch}/libc.so*'],
  ['/lib/aarch64-linux-gnu/ld-2.36.so', '/lib/@{multiarch}/ld-[0-9]*.so'],
  ['/run/user/1000/bus', '/run/user/@{uid}/bus'],
  [
    '/var/x/6ba7b810-9dad-11d1-80b4-00c04fd430c8.db',
    '/var/x/[0-9a-fA-F]*-[0-9a-fA-F]*-[0-9a-fA-F]*-[0-9a-fA-F]*-[0-9a-fA-F]*.db',
  ],
  ['/usr/lib/python3.11/x', '/usr/lib/python[0-9]*/x'],
  ['/usr/lib64/md5sum', '/usr/lib64/md5sum'],
  ['/tmp/job-17.log', '/tmp/job-[0-9]*.log'],
  ['/tmp/17', '/tmp/[0-9]*'],
  ['/tmp/17a', '/tmp/17a'],
  ['/tmp/a\\x0a12 [3]*', '/tmp/a\\012[0-9]* \\[[0-9]*\\]\\*'],
];

test.for(CASES)('%s: %s', ([path, general]) => {
  expect(generalised(literal(path))).toBe(general);
});

test('what has become one path is one rule, and the parser knows all variables', () => {
  const accesses = [file('/proc/1/maps', 'r'), file('/proc/2/maps', 'w'), ...CASES.map(([path]) => file(path, 'r'))];
  const lines = rules(accesses, { glob: true });
  expect(lines).toContain('@{PROC}/@{pid}/maps rw,');
  expect(complaint(`include <tunables/global>\nprofile p {\n${lines.join('\n')}\n}`)).toBe('');
});
