import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Carrier, detectCarrier } from '../../src/record/carrier.ts';
import { RecordPage } from '../../src/record/page.ts';
import { RecordReader } from '../../src/record/reader.ts';
import type { LogRecord, Rejection } from '../../src/record/record.ts';
import { LOGS, logPath } from './golden.ts';
import { isSeccomp, read, runs } from './reading.ts';

const MOST = 40;
/** Lines that a record of ours stands in, of every captured log, by carrier. */
const LINES: ReadonlyMap<Carrier, readonly Buffer[]> = linesByCarrier();
/** Where a record is read at a glance: its numbers, and what stands around them. */
const DIGITS = Buffer.from('0123456789abcdef-+ =:x().\x1d\n"A', 'latin1');

function linesByCarrier(): Map<Carrier, Buffer[]> {
  const lines = new Map<Carrier, Buffer[]>();
  for (const log of LOGS) {
    const bytes = readFileSync(logPath(log));
    const carrier = detectCarrier(bytes);
    // journalctl's export has no lines of its own.
    if (carrier === undefined || carrier === 'journal-export') continue;
    const ours = bytes
      .toString('latin1')
      .split('\n')
      .filter((line) => /SECCOMP|1326/.test(line));
    const some = ours.filter((_, at) => at % Math.ceil(ours.length / MOST) === 0);
    lines.set(carrier, [...(lines.get(carrier) ?? []), ...some.map((line) => Buffer.from(`${line}\n`, 'latin1'))]);
  }
  return lines;
}

interface Outcome {
  readonly records: readonly LogRecord[];
  readonly rejections: readonly Rejection[];
}

/** Each line by a reader of its own, which has no record before it that another could repeat. */
function readAlone(carrier: Carrier, bytes: Buffer): Outcome {
  const lines = bytes.toString('latin1').split('\n');
  const each = lines.map((line) => read(carrier, Buffer.from(`${line}\n`, 'latin1')));
  return { records: each.flatMap(({ records }) => records), rejections: each.flatMap(({ rejections }) => rejections) };
}

/** As the daemon and import read: calls by way of a page. */
function readIntoPage(carrier: Carrier, chunks: readonly Buffer[]): Outcome {
  const page = new RecordPage();
  const rejections: Rejection[] = [];
  const reader = new RecordReader(
    { carrier },
    {
      record: (record) => page.add(record),
      call: (call) => page.push(call),
      rejected: (rejection) => rejections.push(rejection),
    },
  );
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  const records: LogRecord[] = [];
  page.visit({
    calls: (from, end) => {
      for (let at = from; at < end; at++) records.push(page.recordAt(at));
    },
    other: (record) => records.push(record),
  });
  return { records, rejections };
}

/** A line, and how it comes again: with other bytes here and there, mostly in the numbers. */
const AGAIN = fc.record({
  line: fc.nat(),
  times: fc.integer({ min: 1, max: 4 }),
  changes: fc.array(fc.record({ at: fc.nat(), to: fc.nat(), any: fc.boolean() }), { maxLength: 3 }),
});

function changed(
  line: Buffer,
  changes: readonly { readonly at: number; readonly to: number; readonly any: boolean }[],
) {
  const copy = Buffer.from(line);
  for (const { at, to, any } of changes) copy[at % copy.length] = any ? to & 0xff : (DIGITS[to % DIGITS.length] ?? 0);
  return copy;
}

function cut(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((at) => at % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((to, at) => bytes.subarray(places[at], to));
}

test.for([...LINES].map(([carrier, lines]) => ({ carrier, lines })))(
  '$carrier: what repeats is read as if it stood alone, however it is changed and cut',
  ({ carrier, lines }) => {
    expect(lines.length).toBeGreaterThan(1);
    const made = fc.tuple(fc.array(AGAIN, { minLength: 1, maxLength: 6 }), fc.array(fc.nat(), { maxLength: 4 }));
    fc.assert(
      fc.property(made, ([again, cuts]) => {
        const text = again.flatMap(({ line, times, changes }) => {
          const plain = lines[line % lines.length] as Buffer;
          return Array.from({ length: times }, (_, at) => (at === 0 ? plain : changed(plain, changes)));
        });
        const bytes = Buffer.concat(text);
        const alone = readAlone(carrier, bytes);
        const together = readIntoPage(carrier, cut(bytes, cuts));
        expect(together.records.filter(isSeccomp)).toEqual(alone.records.filter(isSeccomp));
        expect(together.rejections).toEqual(alone.rejections);
      }),
      runs(300),
    );
  },
);
