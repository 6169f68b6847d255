import { describe, expect, test } from 'vitest';
import { policyFiles } from '../../src/app/suggest/policy-files.ts';
import { abstractionsIn } from '../../src/apparmor/abstractions.ts';
import { matcher } from '../../src/apparmor/match.ts';
import type { Access } from '../../src/record/access.ts';
import { file, rules } from './accesses.ts';
import { fileDfa } from './dfa.ts';
import { complaint } from './parser.ts';

const INSTALLED = abstractionsIn(policyFiles());
const of = (text: string) =>
  abstractionsIn(
    new Map([
      ['abstractions/x', text],
      ['tunables/global', '@{V}=/a /b\n@{V}+=/c\n'],
    ]),
  );
const NEEDED = [file('/a/1', 'r'), file('/b/2', 'r'), file('/c/3', 'rw')];
const INCLUDE = 'include <abstractions/x>';

test.for<[string, string, string[]]>([
  ['all of it is granted', '@{V}/* rw,', [INCLUDE]],
  ['by two rules', '@{V}/* r, # all\n/c/** w,', [INCLUDE]],
  ['one is not', '/{a,b}/* r,', ['/a/1 r,', '/b/2 r,', '/c/3 rw,']],
  ['an include within', '#include <abstractions/y>\n@{V}/? rw,', [INCLUDE]],
  ['only to owners', 'owner @{V}/* rw,', ['/a/1 r,', '/b/2 r,', '/c/3 rw,']],
  ['what is needed is refused', '@{V}/* rw,\ndeny /a/1 r,', ['/a/1 r,', '/b/2 r,', '/c/3 rw,']],
  ['it brings along what is dangerous', '@{V}/* rw,\ncapability sys_admin,', ['/a/1 r,', '/b/2 r,', '/c/3 rw,']],
  ['it brings along what is not understood', '@{V}/* rw,\nmount,', ['/a/1 r,', '/b/2 r,', '/c/3 rw,']],
  ['a variable is not known', '@{W}/* rw,', ['/a/1 r,', '/b/2 r,', '/c/3 rw,']],
])('%s: %s', ([, text, expected]) => {
  expect(rules(NEEDED, { abstractions: of(text) })).toEqual(expected);
});

test('fewer than three rules are worth no include', () => {
  expect(rules(NEEDED.slice(1), { abstractions: of('@{V}/* rw,') })).toHaveLength(2);
});

test('capabilities and networks are granted too', () => {
  const net: Access = { kind: 'network', family: 'inet', type: 'stream', requested: 'create', denied: '' };
  const needed: Access[] = [{ kind: 'capability', name: 'chown' }, net, { ...net, type: 'dgram' }];
  expect(rules(needed, { abstractions: of('capability chown fowner,\nnetwork inet,') })).toEqual([INCLUDE]);
});

test('what a small program does is what the installed base is for', () => {
  const needed = [
    '/etc/ld.so.cache',
    '/usr/lib/x86_64-linux-gnu/libc.so.6',
    '/usr/lib/locale/locale-archive',
    '/dev/null',
  ].map((path) => file(path, path === '/dev/null' ? 'rw' : 'r'));
  const lines = rules([...needed, file('/srv/own', 'r')], { abstractions: INSTALLED });
  expect(lines).toEqual(['include <abstractions/base>', '/srv/own r,']);
  expect(complaint(`include <tunables/global>\nprofile p {\n${lines.join('\n')}\n}`)).toBe('');
});

describe('patterns match what the parser makes of them', () => {
  const PATHS = [
    '/',
    '/a',
    '/a/',
    '/a/b',
    '/a/b/c',
    '/a/b/',
    '/ab',
    '/abc',
    '/a*',
    '/a,b',
    '/[x]',
    '/x',
    '/y',
    '/a.b',
    '/a b',
    '/\u00f6',
    '/{a}',
    '/a^',
  ];
  test.for([
    '/*',
    '/**',
    '/a/*',
    '/a/**',
    '/a*',
    '/a**',
    '/a?',
    '/{a,b}*',
    '/{a,a/{b,x}}',
    '/{,a/}b',
    '/[xy]',
    '/[^xy]',
    '/a\\*',
    '/a.b',
    '/**/b',
    '/**/',
    '/*/',
    '/a\\ b',
    '/\\303\\266',
    '/a\\{',
    '/a{,b{,c}}',
  ])('%s', (pattern) => {
    const dfa = fileDfa(`profile p { "${pattern}" r, }`);
    const ours = matcher(pattern);
    for (const path of PATHS.map((text) => Buffer.from(text)))
      expect([path.toString(), ours?.test(path.toString('latin1'))]).toEqual([
        path.toString(),
        dfa.permissions(path) !== 0,
      ]);
  });
});
