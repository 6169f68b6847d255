import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CARRIERS, detectCarrier } from '../../src/record/carrier.ts';
import { printable } from '../../src/record/name.ts';
import type { LogRecord, SeccompRecord } from '../../src/record/record.ts';
import { WRAPPED } from './carriers.ts';
import { auditString, type Body } from './lines.ts';
import { isSeccomp, read, runs } from './reading.ts';

/** Any bytes that a program can be called: no NUL, and words that imitate a record's. */
const NAME = fc
  .oneof(
    fc.uint8Array({ min: 1, maxLength: 24 }),
    fc.string({ unit: 'binary', maxLength: 12 }).map((text) => Buffer.from(text.replaceAll('\0', ''))),
    fc
      .constantFrom(
        '',
        'syscall=59',
        '" exe="/bin/x',
        ' pid=1 comm="a"',
        'code=0x0',
        'a\\b',
        '\\x5c',
        '(null)',
        '/',
        '/tmp/x (deleted)',
      )
      .map((text) => Buffer.from(text)),
  )
  .map((bytes) => Buffer.from(bytes));
/** A label is printed as it is; LSMs keep control characters out of theirs. */
const LABEL = fc.oneof(
  fc.constant(''),
  fc.constantFrom(
    ' subj=unconfined',
    ' subj==firejail-default (enforce)',
    ' subj=',
    ' subj=a pid=1 comm="b" exe="/c" sig=9',
  ),
  fc
    .string({ unit: fc.constantFrom('a', ' ', '=', '"', '/', '(', ')', ':', '\\'), maxLength: 20 })
    .map((text) => ` subj=${text}`),
);
const ID = fc.oneof(fc.constantFrom(0, 4294967295), fc.integer({ min: 0, max: 4294967295 }));
const NUMBERS = fc.record({
  auid: ID,
  uid: ID,
  gid: ID,
  ses: ID,
  pid: fc.integer({ min: 0, max: 0x7fffffff }),
  sig: fc.integer({ min: 0, max: 64 }),
  archToken: fc.oneof(fc.constantFrom(0xc000003e, 0x28, 0x40000003), fc.integer({ min: 1, max: 0xffffffff })),
  nr: fc.oneof(fc.constantFrom(-1, 0, 59, 1073741863), fc.integer({ min: -0x80000000, max: 0x7fffffff })),
  compat: fc.integer({ min: 0, max: 1 }),
  ip: fc.bigInt({ min: 0n, max: 0xffffffffffffffffn }).map((ip) => ip.toString(16)),
  code: fc.constantFrom(0x80000000, 0, 0x30000, 0x50000, 0x7fc00000, 0x7ff00000, 0x7ffc0000, 0x7fff0000),
});
const MADE = fc.record({ numbers: NUMBERS, comm: NAME, exe: NAME, subj: LABEL });
type Made = typeof MADE extends fc.Arbitrary<infer T> ? T : never;

function bodyOf({ numbers: n, comm, exe, subj }: Made): Partial<Body> {
  const decimals = Object.fromEntries(
    (['auid', 'uid', 'gid', 'ses', 'pid', 'sig', 'compat'] as const).map((name) => [name, `${n[name]}`]),
  );
  return {
    ...decimals,
    subj,
    comm: auditString(comm),
    exe: auditString(exe),
    arch: n.archToken.toString(16),
    syscall: `${n.nr}`,
    ip: n.ip,
    code: n.code.toString(16),
  };
}

/** What the kernel said, without what the frame tells. */
function said(record: SeccompRecord): unknown {
  return { ...record, host: undefined, trust: undefined };
}

describe.for(WRAPPED.map((wrapped, i) => [`${wrapped.carrier} ${i}`, wrapped] as const))(
  '%s',
  ([, { carrier, wrap }]) => {
    test('whatever a program is called, its record is read as the kernel meant it', () => {
      fc.assert(
        fc.property(fc.array(MADE, { minLength: 1, maxLength: 4 }), (made) => {
          const { records, rejections } = read(carrier, made.map((one, i) => wrap(bodyOf(one), i, i)).join(''));
          expect(rejections).toEqual([]);
          expect(records).toMatchObject(
            made.map((one, i) => ({
              ...one.numbers,
              kind: 'seccomp',
              comm: printable(one.comm),
              exe: printable(one.exe),
              stamp: { atMs: 1795310814627, serial: i },
            })),
          );
        }),
        runs(100),
      );
    });

    test('cut anywhere, it is itself, a rejection or nothing', () => {
      for (const change of [
        {},
        { subj: ' subj=a b', comm: '616220', code: '0' },
        { syscall: '-1', code: '80000000' },
      ]) {
        const whole = Buffer.from(wrap(change, 1783517, 1), 'latin1');
        const [record] = read(carrier, whole).records;
        expect(record).toMatchObject({ kind: 'seccomp' });
        let cut = 0;
        for (let length = 0; length <= whole.length; length++) {
          const { records } = read(carrier, whole.subarray(0, length));
          for (const one of records) expect(one).toEqual(record);
          if (records.length === 0) cut = length;
        }
        expect(cut).toBeGreaterThan(whole.length / 2);
      }
    });

    test('two halves on one line are no record', () => {
      const first = Buffer.from(wrap({ subj: ' subj=a b', syscall: '59' }, 1, 1), 'latin1');
      const second = Buffer.from(wrap({ subj: ' subj=a b', syscall: '60' }, 2, 2), 'latin1');
      // A cut before the frame's end may leave another host or less trust; what the kernel said is never mixed.
      const wholes = read(carrier, Buffer.concat([first, second]))
        .records.filter(isSeccomp)
        .map(said);
      for (let length = 0; length < first.length - 1; length++) {
        const { records } = read(carrier, Buffer.concat([first.subarray(0, length), second]));
        for (const one of records.filter(isSeccomp)) expect(wholes).toContainEqual(said(one));
      }
    });

    test('changed bytes give no call and no program that the line does not show', () => {
      const change = fc.record({ at: fc.nat(), by: fc.nat({ max: 255 }) });
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
          const line = Buffer.from(wrap({ comm: '"hello"' }, 1783517, 1), 'latin1');
          for (const { at, by } of changes) line[at % line.length] = by;
          for (const one of read(carrier, line).records.filter(isSeccomp)) {
            const text = line.toString('latin1');
            expect(text).toContain(` syscall=${one.nr} `);
            expect(text).toContain(` arch=${one.archToken.toString(16)} `);
            expect(text).toContain(`:${one.stamp.serial})`);
            const shown = one.exe === '(null)' || /^[\x21-\x7e]*$/.test(one.exe.replaceAll('\\x5c', '')) ? '/' : '';
            expect(
              shown === '' || text.includes(one.exe.replaceAll('\\x5c', carrier === 'kmsg' ? '\\x5c' : '\\')),
            ).toBe(true);
          }
        }),
        runs(200),
      );
    });
  },
);

const WHOLES = WRAPPED.map(({ wrap }) => wrap({}, 7, 7));
const PIECE = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc
    .tuple(fc.constantFrom(...WHOLES), fc.nat(), fc.nat())
    .map(([line, a, b]) =>
      Buffer.from(line, 'latin1').subarray(Math.min(a, b) % line.length, Math.max(a, b) % line.length),
    ),
  fc.constantFrom(...WHOLES).map((line) => Buffer.from(line, 'latin1')),
  fc
    .constantFrom(
      '\n',
      '\n\n',
      '#loss overflow count=1 at=2\n',
      'kauditd_printk_skb: 7 callbacks suppressed\n',
      'MESSAGE\n',
      '{"MESSAGE":[1',
    )
    .map((s) => Buffer.from(s)),
);
const SOUP = fc.array(PIECE, { maxLength: 12 }).map((pieces) => Buffer.concat(pieces));

describe.for(CARRIERS)('%s', (carrier) => {
  test('no bytes make it throw', () => {
    fc.assert(
      fc.property(SOUP, (soup) => {
        detectCarrier(soup);
        const { records, rejections, counters } = read(carrier, soup);
        expect(counters).toMatchObject({ bytes: soup.length, records: records.length });
        expect(Object.values(counters.rejected).reduce((a, b) => a + b, 0)).toBe(rejections.length);
      }),
      runs(200),
    );
  });

  test('however the bytes are cut into chunks, the same is read', () => {
    fc.assert(
      fc.property(SOUP, fc.array(fc.nat(), { maxLength: 12 }), (soup, cuts) => {
        const places = [0, ...cuts.map((cut) => cut % (soup.length + 1)).sort((a, b) => a - b), soup.length];
        const chunks = places.slice(1).map((to, i) => soup.subarray(places[i], to));
        expect(read(carrier, chunks)).toEqual(read(carrier, soup));
      }),
      runs(200),
    );
  });

  test('so it is byte by byte, with lines over 64 KiB among them', () => {
    const long = 'audit(' + 'x'.repeat(65_530);
    const soup = Buffer.from(
      [...WHOLES, `${long}\n`, `${long}y\n`, `z${long}${'y'.repeat(70_000)}\n`, ...WHOLES].join(''),
      'latin1',
    );
    const whole = read(carrier, soup);
    expect(whole.records.length).toBeGreaterThan(0);
    for (const size of [1, 7, 65_535, 65_536, 65_537]) {
      const chunks = Array.from({ length: Math.ceil(soup.length / size) }, (_, i) =>
        soup.subarray(i * size, (i + 1) * size),
      );
      expect(read(carrier, chunks)).toEqual(whole);
    }
  });
});

test('no record outlives the chunk that it was read from', () => {
  const seen: LogRecord[] = [];
  for (const { carrier, wrap } of WRAPPED) {
    const chunk = Buffer.from(wrap({ comm: '"hello"' }, 1, 1), 'latin1');
    seen.push(...read(carrier, chunk).records);
    const before = JSON.stringify(seen);
    chunk.fill(0x41);
    expect(JSON.stringify(seen)).toBe(before);
  }
  expect(seen).toHaveLength(WRAPPED.length);
});

/** Lines that a person may have made to keep us busy: near misses of what is looked for in rejected lines. */
const TEDIOUS = [
  'A=a ',
  'A=A=',
  'A="a" ',
  ' ',
  ' sig=1',
  '1',
  '\x1d',
  'A=\x1dA="',
  '^]A= ',
  'type=1326',
  'audit(',
  '[',
  '<1',
  'a:',
  '{"',
];

test.for(TEDIOUS)('%j by the thousand is read in no more time than it takes to write', (piece) => {
  const line = piece.repeat(Math.floor(60_000 / piece.length));
  const heads = [
    '',
    'type=SECCOMP msg=audit(1.000:1): ',
    'type=LOGIN msg=audit(1.000:1): ',
    'Nov 22 01:33:36 vm kernel: audit: type=1326 audit(1.000:1): ',
  ];
  const startedMs = performance.now();
  for (const carrier of CARRIERS) for (const head of heads) read(carrier, Buffer.from(`${head}${line}\n`, 'latin1'));
  for (const head of heads) detectCarrier(Buffer.from(`${head}${line}`, 'latin1'));
  // 28 lines of 60 kB: 1.7 MB. The bound is for what grows with the square, on the slowest machine.
  expect(performance.now() - startedMs).toBeLessThan(1500);
});
