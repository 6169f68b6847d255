import { appendFileSync, chmodSync, chownSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import type { Trust } from '../../../src/record/trust.ts';
import { tailFile } from '../../../src/source/tail/tail-file.ts';
import { temporary } from '../../store/helpers.ts';
import { pause } from './follow.ts';

const NOBODY = 65_534;

interface Line {
  readonly text: string;
  readonly trust: Trust | undefined;
}

/** Follows a log and keeps each line with what its file was worth. */
function follow(
  log: string,
  sinceMs?: number,
): { readonly lines: Line[]; readonly has: (text: string) => Promise<void> } {
  const lines: Line[] = [];
  const stop = new AbortController();
  const done = (async () => {
    for await (const { chunk, worth } of tailFile(log, { sinceMs }).batches(undefined, stop.signal)) {
      const texts = chunk.toString().split('\n').slice(0, -1);
      lines.push(...texts.map((text) => ({ text, trust: worth?.atMost })));
    }
  })();
  onTestFinished(async () => {
    stop.abort();
    await done;
  });
  const has = async (text: string) => {
    for (const end = Date.now() + 10_000; !lines.some((line) => line.text === text); await pause(2)) {
      if (Date.now() > end) throw new Error(`${text} did not come: ${JSON.stringify(lines.slice(-3))}`);
    }
  };
  return { lines, has };
}

function byOther(path: string, text: string): void {
  writeFileSync(path, text);
  chownSync(path, NOBODY, NOBODY);
}

test('what others could write stays forgeable, until another file begins', async () => {
  const log = join(temporary(), 'audit.log');
  writeFileSync(log, 'one\n', { mode: 0o600 });
  const { lines, has } = follow(log);
  await has('one');
  chmodSync(log, 0o666);
  appendFileSync(log, 'two\n');
  await has('two');
  chmodSync(log, 0o600);
  appendFileSync(log, 'three\n');
  await has('three');
  renameSync(log, `${log}.1`);
  writeFileSync(log, 'four\n', { mode: 0o600 });
  await has('four');
  expect(lines.map(({ trust }) => trust)).toEqual(['file', 'forgeable', 'forgeable', 'file']);
});

test('a directory that others may write makes forgeable what is found in it, also what rotation has left there, raw or packed', async () => {
  const folder = join(temporary(), 'logs');
  mkdirSync(folder);
  const log = join(folder, 'audit.log');
  writeFileSync(`${log}.2.gz`, gzipSync('packed\n'), { mode: 0o600 });
  writeFileSync(`${log}.1`, 'rotated\n', { mode: 0o600 });
  writeFileSync(log, 'live\n', { mode: 0o600 });
  const safe = follow(log, 0);
  await safe.has('live');
  expect(safe.lines.map(({ trust }) => trust)).toEqual(['file', 'file', 'file']);
  chmodSync(folder, 0o777);
  const unsafe = follow(log, 0);
  await unsafe.has('live');
  expect(unsafe.lines.map(({ text, trust }) => `${text} ${trust}`)).toEqual([
    'packed forgeable',
    'rotated forgeable',
    'live forgeable',
  ]);
});

test('a packed file of another user is his', async () => {
  const log = join(temporary(), 'audit.log');
  writeFileSync(`${log}.1.gz`, gzipSync('packed\n'));
  chownSync(`${log}.1.gz`, NOBODY, NOBODY);
  writeFileSync(log, 'live\n', { mode: 0o600 });
  const { lines, has } = follow(log, 0);
  await has('live');
  expect(lines).toEqual([
    { text: 'packed', trust: 'forgeable' },
    { text: 'live', trust: 'file' },
  ]);
});

test("root's file and a user's change places under the name all the time: each line is worth what its own file is", async () => {
  const folder = temporary();
  const log = join(folder, 'audit.log');
  writeFileSync(log, 'genuine first\n', { mode: 0o600 });
  const { lines, has } = follow(log);
  await has('genuine first');
  for (let at = 0; at < 150; at++) {
    const other = join(folder, `other-${at}`);
    byOther(other, `forged ${at}\n`);
    // The name leads to the user's file while root's is read, and back.
    renameSync(log, `${log}.1`);
    renameSync(other, log);
    appendFileSync(`${log}.1`, `genuine ${at} by the old name\n`);
    if (at < 6) await has(`forged ${at}`);
    else if (at % 3 === 0) await pause(at % 7);
    rmSync(log);
    const next = join(folder, `next-${at}`);
    writeFileSync(next, `genuine ${at}\n`, { mode: 0o600 });
    renameSync(next, log);
    if (at % 5 === 0) await pause(at % 11);
  }
  appendFileSync(log, 'genuine last\n');
  await has('genuine last');
  const forged = lines.filter(({ text }) => text.startsWith('forged'));
  expect(forged.length).toBeGreaterThanOrEqual(6);
  expect(forged.filter(({ trust }) => trust !== 'forgeable')).toEqual([]);
  expect(lines.filter(({ text, trust }) => text.startsWith('genuine') && trust !== 'file')).toEqual([]);
  expect(statSync(log).uid).toBe(process.getuid?.());
});
