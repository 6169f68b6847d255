import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { printable } from '../../src/record/name.ts';
import { profileText } from '../../src/render/apparmor.ts';
import { runs } from '../record/reading.ts';
import { count, file, suggest } from './accesses.ts';
import { compile, fileDfa } from './dfa.ts';

/** Of a path that its owner, and that another asks for (parser/immunix.h); to write is to append. */
const READ = 4;
const WRITE = 2 | 8;
const OTHER_SHIFT = 14;

/** A component of a path: any bytes but NUL and `/`; what globs, quotes, variables, comments and escapes are made of, often. */
const COMPONENT = fc
  .oneof(
    fc.uint8Array({ min: 1, max: 255, minLength: 1, maxLength: 12 }),
    fc
      .array(fc.constantFrom(...'{}[]*?^"\\,@#$ \n\t\x7fab0{1,}'.split('')), { minLength: 1, maxLength: 10 })
      .map((all) => Buffer.from(all.join(''))),
    fc
      .constantFrom(
        '@{HOME}',
        '**',
        '{a,b}',
        '[a-z]',
        '\\*',
        '\\x2f',
        '\\101',
        '" rwx,',
        '#include <x>',
        'a,',
        '*',
        '\u00f6',
        '\ud83d\ude00',
        '\u202e',
      )
      .map((text) => Buffer.from(text)),
  )
  .map((bytes) => Buffer.from(bytes.map((byte) => (byte === 0x2f ? 0x2e : byte))));
const NAME = fc
  .array(COMPONENT, { minLength: 1, maxLength: 3 })
  .map((all) => Buffer.concat(all.flatMap((one) => [Buffer.from('/'), one])));

function policy(names: readonly Buffer[]): string {
  return profileText(suggest(names.map((name) => count(file(printable(name), 'r')))), { mode: 'enforce', deny: false });
}

/** So many names are put to the parser at once, which is what takes time. */
const BATCH = 60;

test('whatever files are called, the profile loads and matches them, and nothing else', { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(
      fc.array(NAME, { minLength: BATCH, maxLength: BATCH }),
      fc.array(NAME, { minLength: BATCH, maxLength: BATCH }),
      (names, strangers) => {
        const dfa = fileDfa(policy(names));
        const known = new Set(names.map((name) => name.toString('latin1')));
        for (const name of names) expect(dfa.permissions(name), printable(name)).toBe(READ | (READ << OTHER_SHIFT));
        const near = names.flatMap((name) => [
          name.subarray(0, -1),
          Buffer.concat([name, Buffer.from('a')]),
          Buffer.from(name.toString('latin1').replace(/[*?[{\\]/, 'a'), 'latin1'),
        ]);
        for (const stranger of [...strangers, ...near])
          if (!known.has(stranger.toString('latin1'))) expect(dfa.permissions(stranger), printable(stranger)).toBe(0);
      },
    ),
    runs(6),
  );
});

test('the oracle tells a glob from a name', () => {
  const dfa = fileDfa('profile p { /a/* r, owner /b w, }');
  const permissions = ['/a/x', '/a/*', '/a/', '/a/x/y', '/b'].map((path) => dfa.permissions(Buffer.from(path)));
  expect(permissions).toEqual([READ | (READ << OTHER_SHIFT), READ | (READ << OTHER_SHIFT), 0, 0, WRITE]);
});

test('whatever labels, mounts and peers are called, the profile loads', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(fc.array(NAME, { minLength: 20, maxLength: 20 }), (names) => {
      const accesses = names
        .map(printable)
        .flatMap((name) => [
          count({ kind: 'signal', signal: 'term', peer: name, requested: 'send', denied: 'send' }),
          count({ kind: 'ptrace', peer: name, requested: 'read', denied: 'read' }),
          count({ kind: 'mount', source: name, target: `${name}/`, fstype: 'tmpfs', flags: ['rw'] }),
          count({ kind: 'umount', target: `${name}/` }),
          count({ kind: 'pivot_root', newRoot: `${name}/`, oldRoot: `${name}/old/` }),
          count({ kind: 'change_profile', target: name }),
          count({ kind: 'dbus', mask: 'send', bus: 'system', path: name, name, peer: name }),
          count({ kind: 'unix', type: 'stream', peerAddr: `@${name}`, peer: name, requested: 'connect', denied: '' }),
          count(file('/x', 'l', { target: name })),
        ]);
      expect(compile(profileText(suggest(accesses), { mode: 'complain', deny: false })).length).toBeGreaterThan(0);
    }),
    runs(5),
  );
});
