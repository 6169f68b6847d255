import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { learning, rulesIn, withLearned } from '../live/service-profile.ts';
import { complaint, complaint4 } from './parser.ts';

const FILE = readFileSync(fileURLToPath(new URL('../../systemd/apparmor/profiler', import.meta.url)), 'utf8');

test('the parsers of AppArmor 3 and 4 take the profiles of the services, and as they learn', () => {
  for (const text of [FILE, learning(FILE)]) {
    expect(complaint(text)).toBe('');
    expect(complaint4(text)).toBe('');
  }
});

test('each profile has learned rules, and learns without them', () => {
  const own = new Map<string, readonly string[]>();
  withLearned(FILE, (profile) => {
    own.set(profile, []);
    return [];
  });
  expect([...own.keys()]).toEqual(['profiler', 'profiler-listen']);
  expect(learning(FILE).match(/^profile .*flags=\(complain, /gm)).toHaveLength(2);
  expect(learning(FILE).match(/^ {2}audit .* ix,$/gm)).toHaveLength(2);
});

test('what is learned stands in its own profile, and the rest of the file stays', () => {
  const rules = new Map([
    ['profiler', ['/a r,']],
    ['profiler-listen', ['/b r,', '/c r,']],
  ]);
  const written = withLearned(FILE, (profile) => rules.get(profile) ?? []);
  expect(written).toMatch(/# Learned .*\n {2}\/a r,\n {2}include if exists <local\/profiler>\n\}/);
  expect(written).toMatch(/# Learned .*\n {2}\/b r,\n {2}\/c r,\n {2}include if exists <local\/profiler-listen>\n\}/);
  expect(withLearned(written, () => [])).toBe(withLearned(FILE, () => []));
});

test('rules are those of what suggest prints', () => {
  expect(rulesIn('# By\n\nprofile p {\n  # danger 8: x\n  /a r,\n  /b w,\n}\n')).toEqual([
    '# danger 8: x',
    '/a r,',
    '/b w,',
  ]);
});
