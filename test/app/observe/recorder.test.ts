import { expect, onTestFinished, test } from 'vitest';
import { Book } from '../../../src/app/books/book.ts';
import { Recorder } from '../../../src/app/observe/recorder.ts';
import { RecordPage } from '../../../src/record/page.ts';
import type { JoinedCall, LogRecord } from '../../../src/record/record.ts';
import { record } from '../../observe/records.ts';
import { SOCKET, syscall } from '../../observe/syscalls.ts';
import { freshStore, newRun } from '../../store/helpers.ts';

const HOST = 'vm';
const SOURCE = {
  source: '-',
  carrier: 'netlink',
  trust: 'kernel',
  records: 1,
  rejected: 0,
  duplicates: 0,
  atMs: 0,
} as const;

/** An observed run of session 7 that is under way, and a way to import records beside it. */
function underWay() {
  const store = freshStore();
  const id = store.beginRun(newRun({ host: HOST, ses: 7, startedMs: 1000 }));
  const recorder = new Recorder(store, { id, mode: 'full', host: HOST, own: 7 });
  onTestFinished(() => recorder.stop());
  const importing = (records: Iterable<LogRecord | JoinedCall>) =>
    new Book(store, { localHost: HOST, trust: 'kernel' }).commit({
      records: RecordPage.of(records),
      losses: [],
      source: SOURCE,
      cursor: () => '{}',
      last: true,
      settle: true,
    });
  const counts = (runId: number) => store.tallies([runId]).map(({ nr, count }) => [nr, count]);
  return { store, id, recorder, importing, counts };
}

test('an event that an import counted for the run meanwhile counts once', () => {
  const { id, recorder, importing, counts } = underWay();
  const first = [
    record([1010, 50], { ses: 7 }),
    record([1010, 51], { ses: 7 }),
    record([1020, 52], { ses: 7, nr: 12 }),
  ];
  importing(first);
  for (const one of [...first, record([1030, 53], { ses: 7 })]) recorder.add(one);
  recorder.flush();
  expect(counts(id)).toEqual([
    [1, 3],
    [12, 1],
  ]);
  expect([recorder.records, recorder.calls]).toEqual([4, 2]);
});

test('a call that an import gave to another run, before the session was known as ours, is not missing from ours', () => {
  const { store, id, recorder, importing, counts } = underWay();
  const followed = record([1010, 50], { ses: 9, nr: 59 });
  importing([followed]);
  recorder.add(followed);
  recorder.flush();
  expect(counts(id)).toEqual([[59, 1]]);
  expect(store.runs({ ids: [id] })[0]?.sessions).toEqual([7, 9]);
});

test('the arguments of its own calls are stored with them, once, also where an import counts them meanwhile', () => {
  const { store, id, recorder, importing } = underWay();
  const own = { ses: 7 };
  recorder.add(record([1010, 50], { ...own, ...SOCKET }));
  recorder.returned(syscall([1010, 51], own));
  recorder.returned(syscall([1010, 53], { ses: 9, pid: 9 }));
  recorder.flush();
  recorder.add(record([1020, 60], { ...own, ...SOCKET }));
  recorder.flush();
  recorder.returned(syscall([1020, 61], { ...own, args: ['a', '1', '0', '0'] }));
  const [call, back] = [
    record([1020, 60], { ...own, ...SOCKET }),
    syscall([1020, 61], { ...own, args: ['a', '1', '0', '0'] }),
  ];
  importing([call, back, { kind: 'joined', call, syscall: back }]);
  recorder.flush();
  expect(store.args([id]).map(({ index, value, count }) => [index, value, count])).toEqual([
    [0, '2', 1],
    [0, 'a', 1],
    [1, '1', 2],
    [2, '0', 2],
  ]);
});
