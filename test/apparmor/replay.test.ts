import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Access } from '../../src/record/access.ts';
import { profileText, rulesText } from '../../src/render/apparmor.ts';
import { logPath } from '../record/golden.ts';
import { counts, sightings, suggest } from './accesses.ts';
import { type Dfa, fileDfa } from './dfa.ts';

/**
 * Whether rules, as they stand in a profile, allow an access. Paths are asked of the automaton that apparmor_parser makes of the
 * profile, which is what the kernel walks; the other classes' rules are read word by word here, by none of our code.
 */
const BITS: Readonly<Record<string, number>> = { w: 2, c: 2, d: 2, r: 4, a: 8, l: 0x10, k: 0x20, m: 0x40, x: 1 };
const OTHER_SHIFT = 14;

function allows(dfa: Dfa, rules: readonly string[], access: Access): boolean {
  const words = (...all: readonly string[]) => rules.some((rule) => all.every((word) => rule.includes(word)));
  const masks = 'requested' in access ? access.requested.split(' ') : [];
  switch (access.kind) {
    case 'file':
      if (access.target !== undefined) return words('link ', access.path, `-> ${access.target}`);
      return allowsPath(dfa, access.path, access.owner, access.requested);
    case 'exec':
      return allowsPath(dfa, access.path, access.owner, 'x');
    case 'capability':
      return rules.includes(`capability ${access.name},`);
    case 'network':
      return rules.includes(`network ${access.family} ${access.type},`);
    case 'signal':
      return masks.every((mask) => words('signal ', mask, access.signal, access.peer));
    case 'ptrace':
      return masks.every((mask) => words('ptrace ', mask, access.peer));
    case 'mount':
      return words(
        'mount ',
        `options=(${access.flags.join(', ')})`,
        `-> ${access.target},`,
        access.fstype ?? '',
        access.source ?? '',
      );
    case 'change_profile':
      return rules.includes(`change_profile -> ${access.target},`);
    case 'rlimit':
      return true;
    default:
      throw new Error(`the captured logs have no ${access.kind}`);
  }
}

function allowsPath(dfa: Dfa, path: string, owner: string, mask: string): boolean {
  const bytes = Buffer.from(
    path.replace(/\\x(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'utf8',
  );
  const wanted =
    mask.split('').reduce((bits, letter) => bits | (BITS[letter] ?? 0), 0) << (owner === 'owner' ? 0 : OTHER_SHIFT);
  return (dfa.permissions(bytes) & wanted) === wanted;
}

const LOGS = ['vm-apparmor-6.1/kmsg.raw', 'vm-auditd-6.1/audit.log', 'vm-arm64-6.1/kmsg.raw'] as const;

test.for(LOGS)('%s: the rules of each profile allow all that it was seen to do', (log) => {
  const carrier = log.endsWith('audit.log') ? 'audit-log' : 'kmsg';
  const events = counts(sightings(carrier, readFileSync(logPath(log))));
  expect(events.length).toBeGreaterThan(20);
  for (const profile of new Set(events.map((event) => event.profile))) {
    const own = events.filter((event) => event.profile === profile);
    const suggestion = suggest(own, { profile });
    const dfa = fileDfa(profileText(suggestion, { mode: 'enforce', deny: false }));
    const rules = rulesText(suggestion, false).split('\n');
    for (const { access } of own) {
      if (access.kind === 'overflow') continue;
      expect(allows(dfa, rules, access), `${profile}: ${JSON.stringify(access)}`).toBe(true);
    }
  }
});

test('without a rule, the evaluator does not allow', () => {
  const dfa = fileDfa('profile p { owner /x r, }');
  const access = { kind: 'file', path: '/x', owner: 'owner', requested: 'r', denied: 'r' } as const;
  expect(allows(dfa, [], access)).toBe(true);
  expect(allows(dfa, [], { ...access, owner: 'other' })).toBe(false);
  expect(allows(dfa, [], { ...access, requested: 'rw' })).toBe(false);
  expect(allows(dfa, ['capability chown,'], { kind: 'capability', name: 'sys_admin' })).toBe(false);
});
