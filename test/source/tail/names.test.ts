import { expect, test } from 'vitest';
import { oldestFirst, rotatedNames } from '../../../src/source/tail/names.ts';

test.for([
  { base: 'audit.log', name: 'audit.log.1', is: { stem: 'audit.log.1', index: 1 } },
  { base: 'audit.log', name: 'audit.log.12.gz', is: { stem: 'audit.log.12', index: 12, packing: 'gz' } },
  { base: 'audit.log', name: 'audit.1.log', is: { stem: 'audit.1.log', index: 1 } },
  { base: 'audit.log', name: 'audit.log.2.xz', is: { packing: 'xz', index: 2 } },
  { base: 'syslog', name: 'syslog.1', is: { index: 1 } },
  { base: 'syslog', name: 'syslog-20261122.gz', is: { date: '20261122', index: undefined, packing: 'gz' } },
  { base: 'kern.log', name: 'kern.log-2026-11-22T10:00:00', is: { date: '2026-11-22T10:00:00' } },
  { base: 'kern.log', name: 'kern.log.old', is: { index: 0 } },
  { base: 'a+b.log', name: 'a+b.log.3', is: { index: 3 } },
])('$name is of $base', ({ base, name, is }) => expect(rotatedNames(base)(name)).toMatchObject(is));

test.for([
  ['syslog', 'syslog'],
  ['syslog', 'syslog.conf'],
  ['syslog', 'syslogd.1'],
  ['syslog', 'syslog.1.swp'],
  ['audit.log', 'auditxlog.1'],
  ['audit.log', 'audit.log.gz'],
  ['kern.log', 'kern.log.backup'],
  ['a+b.log', 'aab.log.1'],
] as const)('of %s, %s is no rotated file', ([base, name]) => expect(rotatedNames(base)(name)).toBeUndefined());

function order(base: string, names: readonly (readonly [name: string, mtimeMs: number])[]): string[] {
  const read = rotatedNames(base);
  const files = names.flatMap(([name, mtimeMs]) => {
    const rotated = read(name);
    return rotated ? [{ ...rotated, mtimeMs, name }] : [];
  });
  return oldestFirst(files).map(({ name }) => name);
}

test('numbers count from the newest, whatever the times say', () => {
  const names = [
    ['l.1', 5],
    ['l.10.gz', 9],
    ['l.2', 7],
  ] as const;
  expect(order('l', names)).toEqual(['l.10.gz', 'l.2', 'l.1']);
});

test('dates count from the oldest', () => {
  const names = [
    ['l-20261122', 1],
    ['l-20261120.gz', 3],
    ['l-20261121', 2],
  ] as const;
  expect(order('l', names)).toEqual(['l-20261120.gz', 'l-20261121', 'l-20261122']);
});

test('where the scheme was changed, the times decide', () => {
  const names = [
    ['l-20261122', 9],
    ['l.1', 4],
    ['l.2', 3],
  ] as const;
  expect(order('l', names)).toEqual(['l.2', 'l.1', 'l-20261122']);
});
