import { expect, test } from 'vitest';
import { evidenceTable } from '../../src/cli/evidence-table.ts';
import type { ArgumentSeen } from '../../src/profile/arguments-seen.ts';
import type { Rule } from '../../src/profile/profile.ts';

const AT = new Date(2026, 10, 22, 9, 5, 7).getTime();

function rule(name: string | undefined, nr: number, exes: readonly string[]): Rule {
  const seen = { count: 3, firstMs: AT, lastMs: AT + 61_000, sampleSerial: 4711, sampleIp: '7f00' };
  return {
    name,
    nr,
    archToken: 0xc000003e,
    reason: { kind: 'observed', ...seen, runs: 2, ofRuns: 4, newIn: 0, own: true, exes },
  };
}

test('each call stands on a line with its evidence, by name, numbers without a name first', () => {
  expect(
    evidenceTable(
      [rule('write', 1, ['/usr/bin/ls', '/bin/cat']), rule(undefined, 999, ['/x']), rule('brk', 12, ['/x'])],
      undefined,
    ),
  ).toBe(
    [
      'CALL   COUNT  RUNS  FIRST SEEN           LAST SEEN            SERIAL  BY',
      '999        3   2/4  2026-11-22 09:05:07  2026-11-22 09:06:08    4711  x',
      'brk        3   2/4  2026-11-22 09:05:07  2026-11-22 09:06:08    4711  x',
      'write      3   2/4  2026-11-22 09:05:07  2026-11-22 09:06:08    4711  ls cat',
      '',
    ].join('\n'),
  );
});

test('a long last column is cut from the left to the width of the terminal, and a hostile name steers nothing', () => {
  const text = evidenceTable([rule('write', 1, ['/usr/bin/\u001b[31mred', `/opt/${'x'.repeat(100)}`])], 90);
  for (const line of text.trimEnd().split('\n')) expect(line.length).toBeLessThanOrEqual(90);
  expect(text).toContain('…');
  expect(text).not.toContain('\u001b');
});

test('arguments have a column only where there are any; the most frequent values, within a bounded width', () => {
  const plain = rule('write', 1, ['/x']);
  const values = (count: number) => Array.from({ length: count }, (_, at) => ({ value: `0x${at}`, count: 9 - at }));
  const of = (...args: readonly ArgumentSeen[]): Rule => ({
    ...plain,
    reason: { ...plain.reason, args } as Rule['reason'],
  });
  const argument = (index: number, count: number, others = 0): ArgumentSeen => ({
    index,
    name: 'x',
    values: values(count),
    others,
  });
  expect(evidenceTable([plain], undefined)).not.toContain('ARGS');
  expect(evidenceTable([plain, of(argument(0, 1))], undefined)).toMatch(/SERIAL {2}ARGS +BY\n/);
  const cell = (one: Rule) =>
    evidenceTable([one], undefined)
      .split('\n')[1]
      ?.replace(/^.*4711 +/, '');
  expect(cell(of(argument(0, 1), argument(1, 3)))).toBe('0=0x0 1=0x0,0x1,0x2  x');
  expect(cell(of(argument(2, 4)))).toBe('2=0x0,0x1,0x2,…  x');
  expect(cell(of(argument(2, 1, 5)))).toBe('2=0x0,…  x');
  const wide = {
    index: 0,
    name: 'x',
    values: [1, 2, 3].map((count) => ({ value: `0x${'f'.repeat(16)}`, count })),
    others: 0,
  };
  expect(cell(of(wide))?.length).toBe(48 + '  x'.length);
});
