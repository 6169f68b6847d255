import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { LINE_BYTES } from '../../../src/record/lines.ts';
import { temporary } from '../../store/helpers.ts';
import { Follow, pause } from './follow.ts';

function newLog(text?: string): string {
  const log = join(temporary(), 'audit.log');
  if (text !== undefined) writeFileSync(log, text);
  return log;
}

/** What a daemon reads that is started after another that had stored this cursor, until `last` has come. */
async function onward(log: string, cursor: string | undefined, last: string): Promise<Follow> {
  const follow = new Follow(log, cursor);
  await follow.has(last);
  return follow;
}

/** Reads all of it, then ends. */
async function readOnce(log: string, last: string): Promise<string | undefined> {
  return (await onward(log, undefined, last)).end();
}

function gzip(path: string): void {
  const { atime, mtime } = statSync(path);
  writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
  utimesSync(`${path}.gz`, atime, mtime);
  unlinkSync(path);
}

/** As logrotate: `log.1` becomes `log.2`, and so on. */
function shift(log: string, ...names: string[]): void {
  for (const name of names.toReversed()) {
    renameSync(`${log}.${name}`, `${log}.${name.replace(/^\d+/, (digits) => String(Number(digits) + 1))}`);
  }
}

test('lines come as they are appended; a half one waits for its end', async () => {
  const log = newLog('one\n');
  const follow = new Follow(log);
  expect(await follow.has('one')).toBe('one\n');
  appendFileSync(log, 'two\nthr');
  expect(await follow.has('two')).toBe('one\ntwo\n');
  await pause(30);
  expect(follow.text).toBe('one\ntwo\n');
  appendFileSync(log, 'ee\n');
  expect(await follow.has('three')).toBe('one\ntwo\nthree\n');
  expect(follow.losses).toEqual([]);
});

test('a file that is not there yet is waited for, its directory too', async () => {
  const log = join(temporary(), 'later', 'audit.log');
  const follow = new Follow(log);
  await pause(50);
  mkdirSync(join(log, '..'));
  writeFileSync(log, 'one\n');
  expect(await follow.has('one')).toBe('one\n');
  expect(follow.warnings).toEqual([]);
});

test('renamed: the old file is read to its end, also what a writer adds who was not told yet', async () => {
  const log = newLog('one\n');
  const follow = new Follow(log);
  await follow.has('one');
  renameSync(log, `${log}.1`);
  appendFileSync(`${log}.1`, 'two\nhal');
  writeFileSync(log, 'three\n');
  await follow.has('three');
  expect(follow.files).toEqual(['one\ntwo\n', 'three\n']);
  appendFileSync(`${log}.1`, 'f\n');
  expect(await follow.has('half')).toBe('one\ntwo\nthree\nhalf\n');
  expect(follow.losses).toEqual([]);
});

test('late lines of the old file come after a restart too', async () => {
  const log = newLog('one\n');
  const follow = new Follow(log);
  await follow.has('one');
  renameSync(log, `${log}.1`);
  writeFileSync(log, 'two\n');
  await follow.has('two');
  const cursor = await follow.end();
  appendFileSync(`${log}.1`, 'late\n');
  appendFileSync(log, 'three\n');
  const again = new Follow(log, cursor);
  await again.until(({ text }) => text.includes('late') && text.includes('three'));
  expect(again.text.split('\n').sort()).toEqual(['', 'late', 'three']);
});

test('rotated several times while it was down: on from its place through all files, packed ones too', async () => {
  const log = newLog('one\n');
  const cursor = await readOnce(log, 'one');
  appendFileSync(log, 'two\n');
  renameSync(log, `${log}.1`);
  writeFileSync(log, 'three\n');
  shift(log, '1');
  gzip(`${log}.2`);
  renameSync(log, `${log}.1`);
  writeFileSync(log, 'four\n');
  shift(log, '1', '2.gz');
  gzip(`${log}.2`);
  renameSync(log, `${log}.1`);
  writeFileSync(log, 'five\n');
  const follow = await onward(log, cursor, 'five');
  expect(follow.text).toBe('two\nthree\nfour\nfive\n');
  expect(follow.losses).toEqual([]);
});

test('copied and emptied: the copy is not read again, but what was not read yet is', async () => {
  const log = newLog('one\n');
  const follow = new Follow(log);
  await follow.has('one');
  copyFileSync(log, `${log}.1`);
  truncateSync(log);
  appendFileSync(log, 'two\n');
  expect(await follow.has('two')).toBe('one\ntwo\n');
  const cursor = await follow.end();
  appendFileSync(log, 'three\n');
  shift(log, '1');
  copyFileSync(log, `${log}.1`);
  truncateSync(log);
  appendFileSync(log, 'four is longer than what was read\n');
  shift(log, '1', '2');
  copyFileSync(log, `${log}.1`);
  truncateSync(log);
  appendFileSync(log, 'five\n');
  const again = await onward(log, cursor, 'five');
  expect(again.text).toBe('three\nfour is longer than what was read\nfive\n');
  expect([...follow.losses, ...again.losses]).toEqual([]);
});

test('a copy that is being made is not read beside what it is a copy of', async () => {
  const log = newLog(`${'old '.repeat(100)}\n`);
  const cursor = await readOnce(log, 'old');
  renameSync(log, `${log}.2`);
  writeFileSync(log, `${'new '.repeat(200)}\n`);
  writeFileSync(`${log}.1`, readFileSync(log).subarray(0, 300));
  const follow = await onward(log, cursor, 'new');
  await pause(60);
  expect(follow.text).toBe(`${'new '.repeat(200)}\n`);
});

test('emptied without a copy: a loss says that something may be gone', async () => {
  const log = newLog('one\n');
  const follow = new Follow(log);
  await follow.has('one');
  writeFileSync(log, '');
  appendFileSync(log, 'two\n');
  expect(await follow.has('two')).toBe('one\ntwo\n');
  expect(follow.files).toEqual(['one\n', 'two\n']);
  expect(follow.losses).toMatchObject([{ reason: 'file-truncated', certainty: 'unknown', count: undefined }]);
  expect(follow.losses[0]?.text).toBe(
    `${log}: it was emptied or rewritten after byte 4, and no copy of what it held is there`,
  );
});

test('rewritten in place to the same length, while it runs or is down: seen, and read anew', async () => {
  const log = newLog('one\ntwo\n');
  const follow = new Follow(log);
  await follow.has('two');
  writeFileSync(log, 'ONE\nTWO\n');
  expect(await follow.has('TWO')).toBe('one\ntwo\nONE\nTWO\n');
  const cursor = await follow.end();
  writeFileSync(log, 'uno\ndos\ntres\n');
  const again = await onward(log, cursor, 'tres');
  expect(again.text).toBe('uno\ndos\ntres\n');
  expect([...follow.losses, ...again.losses].map(({ reason }) => reason)).toEqual(['file-truncated', 'file-truncated']);
});

test('deleted and back: read to its end, then the new one', async () => {
  const log = newLog('one\n');
  const follow = new Follow(log);
  await follow.has('one');
  unlinkSync(log);
  await pause(80);
  writeFileSync(log, 'two\n');
  expect(await follow.has('two')).toBe('one\ntwo\n');
  expect(follow.losses).toEqual([]);
});

test('deleted while it was down, its inode given to another: the loss is told, the other read from its beginning', async () => {
  const log = newLog('one one one\n');
  const cursor = await readOnce(log, 'one');
  const { ino } = statSync(log);
  unlinkSync(log);
  // Where the file system gives the inode anew, that; else another.
  writeFileSync(log, 'two two two two\n');
  const again = await onward(log, cursor?.replace(String(ino), String(statSync(log).ino)), 'two');
  expect(again.text).toBe('two two two two\n');
  expect(again.losses.map(({ reason }) => reason)).toEqual(['file-truncated']);
  unlinkSync(log);
  writeFileSync(join(log, '..', 'keeps-the-inode'), '');
  writeFileSync(log, 'three\n');
  const third = await onward(log, cursor, 'three');
  expect(third.text).toBe('three\n');
  expect(third.losses).toMatchObject([{ certainty: 'unknown', count: undefined }]);
});

test('a symbolic link that is set on another file is followed, also while it was down', async () => {
  const directory = temporary();
  const log = join(directory, 'current.log');
  const target = (name: string): string => join(directory, 'elsewhere', name);
  mkdirSync(join(directory, 'elsewhere'));
  const link = (name: string): void => {
    symlinkSync(target(name), `${log}.new`);
    renameSync(`${log}.new`, log);
  };
  writeFileSync(target('monday'), 'one\n');
  link('monday');
  const follow = new Follow(log);
  await follow.has('one');
  writeFileSync(target('tuesday'), 'two\n');
  link('tuesday');
  expect(await follow.has('two')).toBe('one\ntwo\n');
  const cursor = await follow.end();
  appendFileSync(target('tuesday'), 'three\n');
  writeFileSync(target('wednesday'), 'four\n');
  link('wednesday');
  const again = await onward(log, cursor, 'four');
  expect(again.text).toBe('three\nfour\n');
  expect([...follow.losses, ...again.losses]).toEqual([]);
});

test('zeros where a crash left a hole are told, and the lines after it read', async () => {
  const log = newLog(`one\n${'\0'.repeat(5000)}two\n`);
  const follow = new Follow(log);
  expect(await follow.has('two')).toBe('one\ntwo\n');
  expect(follow.losses).toMatchObject([{ reason: 'file-hole', certainty: 'unknown' }]);
  // A writer that does not append leaves a hole when its file is emptied.
  const sparse = newLog('one\n');
  const other = new Follow(sparse);
  await other.has('one');
  copyFileSync(sparse, `${sparse}.1`);
  truncateSync(sparse);
  truncateSync(sparse, 3 * 1024 * 1024);
  appendFileSync(sparse, 'two\n');
  expect(await other.has('two')).toBe('one\ntwo\n');
  expect(other.losses.map(({ reason }) => reason)).toEqual(['file-hole']);
});

test('a line over 64 KiB comes in pieces; after a restart amid it, its rest is no line', async () => {
  const log = newLog(`one\n${'x'.repeat(LINE_BYTES + 10)}`);
  const follow = new Follow(log);
  await follow.until(({ text }) => text.length > LINE_BYTES);
  const cursor = await follow.end();
  appendFileSync(log, 'type=SECCOMP forged\ntwo\n');
  expect((await onward(log, cursor, 'two')).text).toBe('two\n');
});

test('on the first start old files are read that were written since a time, oldest first', async () => {
  const log = newLog('four\n');
  for (const [name, text, ageS] of [
    ['1', 'three\n', 100],
    ['2', 'two\n', 200],
    ['3', 'one\n', 300],
    ['4', 'zero\n', 4000],
  ] as const) {
    writeFileSync(`${log}.${name}`, text);
    const time = Date.now() / 1000 - ageS;
    utimesSync(`${log}.${name}`, time, time);
    if (Number(name) > 1) gzip(`${log}.${name}`);
  }
  const follow = new Follow(log, undefined, { sinceMs: Date.now() - 1_000_000 });
  expect(await follow.has('four')).toBe('one\ntwo\nthree\nfour\n');
  expect(follow.files).toEqual(['one\n', 'two\n', 'three\n', 'four\n']);
  expect((await onward(log, undefined, 'four')).text).toBe('four\n');
});

test('old files that cannot be read are left out aloud', async () => {
  const log = newLog('four\n');
  writeFileSync(`${log}.1`, 'three\n');
  writeFileSync(`${log}.2.xz`, '\xfd7zXZ');
  const gz = gzipSync('one\n'.repeat(10_000));
  writeFileSync(`${log}.3.gz`, gz.subarray(0, gz.length - 20));
  const follow = new Follow(log, undefined, { sinceMs: 0 });
  await follow.has('four');
  expect(follow.text).toMatch(/^(?:one\n)*(?:on?e?\n)?three\nfour\n$/);
  expect(follow.losses.map(({ reason, text }) => [reason, text.slice(log.length)])).toEqual([
    ['file-unreadable', '.3.gz: the compressed data ends in the middle: what stands before was read'],
    ['file-unreadable', '.2.xz: it is packed by xz, so it was left out'],
  ]);
});

test('what is no log is told, and read once it is one', async () => {
  const log = newLog();
  mkdirSync(log);
  const follow = new Follow(log);
  await follow.until(({ warnings }) => warnings.length > 0);
  expect(follow.warnings).toEqual([`${log}: is no file, want a log file`]);
  rmSync(log, { recursive: true });
  writeFileSync(log, 'one\n');
  expect(await follow.has('one')).toBe('one\n');
});

test('a foreign cursor counts as none', async () => {
  const log = newLog('one\n');
  for (const cursor of ['', 'null', '[]', '{"bytes":4,"ended":true}', '{"tail":1,"current":{"id":7},"mtimeMs":0}']) {
    const follow = await onward(log, cursor, 'one');
    expect(follow.text).toBe('one\n');
    expect(await follow.end()).not.toBe(cursor);
  }
});

test('the end comes at once when it is asked for, and nothing stays open', async () => {
  const log = newLog('one\n');
  const follow = new Follow(log);
  await follow.has('one');
  const fromMs = performance.now();
  await follow.end();
  expect(performance.now() - fromMs).toBeLessThan(500);
});
