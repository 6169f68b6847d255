import { expect, test } from 'vitest';
import { markerNumber } from '../../src/observe/marker.ts';
import { RunWindow } from '../../src/observe/run-window.ts';
import type { LogRecord, SeccompRecord } from '../../src/record/record.ts';
import { loss, other, seccomp } from './session-records.ts';

const NONCE = 0xabcdef;
const SES = 7;

function begin(serial: number, pid = 50): SeccompRecord {
  return seccomp(serial, { pid, nr: markerNumber(NONCE, 'begin'), exe: '/x/session-run' });
}

function end(serial: number, pid = 60): SeccompRecord {
  return seccomp(serial, { pid, nr: markerNumber(NONCE, 'end'), exe: '/x/session-run' });
}

function open(comparePids = true): { window: RunWindow; taken: number[]; push: (...records: LogRecord[]) => void } {
  const taken: number[] = [];
  const window = new RunWindow(
    { nonce: NONCE, ses: SES, comparePids },
    { push: (one) => taken.push(one.stamp.serial) },
  );
  return { window, taken, push: (...records) => records.forEach((record) => window.push(record)) };
}

test('takes what stands between the markers', () => {
  const { window, taken, push } = open();
  push(seccomp(1), begin(2));
  window.name('begin', 50);
  push(seccomp(3), other(4), seccomp(5), end(6));
  expect([window.begun, window.ended]).toEqual([true, false]);
  window.name('end', 60);
  push(seccomp(7));
  expect(window.ended).toBe(true);
  expect(taken).toEqual([3, 5]);
  expect(window.missing()).toBe(0);
  expect(window.span).toEqual({ fromMs: 1002, toMs: 1006 });
});

test('a name may come before its record', () => {
  const { window, push } = open();
  window.name('begin', 50);
  push(begin(2));
  expect(window.begun).toBe(true);
});

test.for([
  { what: 'another process made', record: end(4, 100) },
  { what: 'another session made', record: { ...end(4), ses: 8 } },
  { what: 'a line that a process may have written holds', record: { ...end(4), trust: 'forgeable' as const } },
  { what: 'another run agreed on', record: seccomp(4, { pid: 60, nr: markerNumber(NONCE - 1, 'end') }) },
])('an end marker that $what ends nothing', ({ record }) => {
  const { window, push } = open();
  window.name('begin', 50);
  window.name('end', 60);
  push(begin(2), record);
  expect(window.ended).toBe(false);
});

test('a program that imitates the end marker is counted as calling it', () => {
  const { window, taken, push } = open();
  window.name('begin', 50);
  push(begin(2), end(3, 100), seccomp(4), end(5));
  window.name('end', 60);
  expect(window.ended).toBe(true);
  expect(taken).toEqual([4, 3]);
});

test('in another pid namespace the markers are told by session and number', () => {
  const { window, push } = open(false);
  window.name('begin', 3);
  push(begin(2, 4711));
  expect(window.begun).toBe(true);
});

test('serials of any type that are missing between the markers are missing; those after are not', () => {
  const { window, push } = open();
  window.name('begin', 50);
  push(other(1), begin(10), seccomp(11), other(20), seccomp(21), end(30), seccomp(100));
  expect(window.missing()).toBe(8 + 8 + 69);
  window.name('end', 60);
  expect(window.missing()).toBe(8 + 8);
});

test('a begin marker that was sent again counts from the first', () => {
  const { window, push } = open();
  push(begin(10, 50), begin(15, 51));
  window.name('begin', 51);
  expect(window.begun).toBe(true);
  expect(window.missing()).toBe(4);
});

test('keeps what the carrier said that it lost, from the begin marker on', () => {
  const { window, push } = open();
  window.name('begin', 50);
  push(loss('suppressed', 5), begin(2), loss('suppressed', 7));
  expect(window.losses.map((one) => one.count)).toEqual([7]);
});
