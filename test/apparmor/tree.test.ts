import { expect, test } from 'vitest';
import type { AccessCount } from '../../src/observe/sighting.ts';
import { profileText } from '../../src/render/apparmor.ts';
import { count, file, suggest } from './accesses.ts';
import { complaint } from './parser.ts';

const of = (profile: string, ...accesses: readonly AccessCount['access'][]) =>
  accesses.map((access) => count(access, { profile }));

/** p starts /bin/sh, which starts /bin/ls; a number stands for a name that was too long. */
const LEARNED = [
  ...of('p', { kind: 'exec', path: '/bin/sh', owner: 'other', target: 'p//null-/bin/sh' }, file('/p', 'r')),
  ...of('p//null-/bin/sh', file('/sh', 'r'), {
    kind: 'exec',
    path: '/bin/ls',
    owner: 'other',
    target: 'p//null-/bin/sh//null-2',
  }),
  ...of('p//null-/bin/sh//null-2', file('/ls', 'r'), {
    kind: 'signal',
    signal: 'term',
    peer: 'p//null-/bin/sh',
    requested: 'send',
    denied: 'send',
  }),
];

const text = (accesses: readonly AccessCount[], wish = {}) =>
  profileText(suggest(accesses, wish), { mode: 'enforce', deny: false }).split('\n').slice(5, -1);

test('what inherits is one with its starter, and so are its peers', () => {
  expect(text(LEARNED)).toEqual([
    'profile p {',
    '  signal (send) set=(term) peer=p,',
    '  /bin/ls ix,',
    '  /bin/sh ix,',
    '  /ls r,',
    '  /p r,',
    '  /sh r,',
    '}',
  ]);
});

test('a child has what it needs, and what it starts inherits from it', () => {
  const lines = text(LEARNED, { transition: 'Cx' });
  expect(lines).toEqual([
    'profile p {',
    '  /bin/sh Cx,',
    '  /p r,',
    '',
    '  profile /bin/sh {',
    '    signal (send) set=(term) peer=p///bin/sh,',
    '    /bin/ls ix,',
    '    /ls r,',
    '    /sh r,',
    '  }',
    '}',
  ]);
  expect(complaint(lines.join('\n'))).toBe('');
});

test.for(['Px', 'Ux'] as const)('with %s the others are elsewhere, and told', (transition) => {
  expect(text(LEARNED, { transition })).toEqual([
    'profile p {',
    ...(transition === 'Ux' ? ['  # danger 10: starts a program that nothing confines'] : []),
    `  /bin/sh ${transition},`,
    '  /p r,',
    '}',
  ]);
  expect(suggest(LEARNED, { transition }).elsewhere).toEqual(['p//null-/bin/sh', 'p//null-/bin/sh//null-2']);
});

test('children and hats that are there stay what they are', () => {
  const accesses = [
    ...of('p', { kind: 'change_hat', target: 'p//h' }),
    ...of('p//h', file('/h', 'r')),
    ...of('p//c', file('/c', 'r')),
    ...of('p//c//d', file('/d', 'r')),
  ];
  const lines = text(accesses);
  expect(lines).toEqual(['profile p {', '  ^h {', '    /h r,', '  }', '  profile c {', '    /c r,', '  }', '}']);
  expect(suggest(accesses).elsewhere).toEqual(['p//c//d']);
  expect(complaint(lines.join('\n'))).toBe('');
});

test('a learning profile makes the profile of its program', () => {
  const learning = 'p//null-/bin/sh';
  expect(text(LEARNED.slice(2), { profile: learning })[0]).toBe('profile /bin/sh {');
});

test('a header tells where it is from, and how it is to be loaded', () => {
  const suggestion = suggest([
    count(file('run/x', 'w', { disconnected: true })),
    count({ kind: 'userns', requested: 'create', denied: '' }),
  ]);
  expect(profileText(suggestion, { mode: 'complain', deny: false }).split('\n').slice(0, 6)).toEqual([
    '# By profiler, from 2 records (ALLOWED) of host vm,',
    '# 1970-01-01T00:00:01.000Z to 1970-01-01T00:00:02.000Z',
    'abi <abi/4.0>,',
    'include <tunables/global>',
    '',
    'profile p flags=(complain, attach_disconnected) {',
  ]);
});

test('refusals say so, and a refused program has no transition', () => {
  const suggestion = suggest(
    of('p', file('/x', 'w'), { kind: 'exec', path: '/y', owner: 'owner' }, { kind: 'capability', name: 'kill' }),
  );
  const denied = profileText(suggestion, { mode: 'enforce', deny: true });
  expect(denied.split('\n').slice(5, -1)).toEqual([
    'profile p {',
    '  deny capability kill,',
    '  deny /y x,',
    '  deny /x w,',
    '}',
  ]);
  expect(complaint(denied)).toBe('');
});
