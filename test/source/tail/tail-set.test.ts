import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { tailSet } from '../../../src/source/tail/tail-set.ts';
import { temporary } from '../../store/helpers.ts';
import { pause } from './follow.ts';

/** Reads every source of a set as it appears; `held` ones are taken one batch and then left waiting. */
function gather(pattern: string, held: readonly string[] = []) {
  const stop = new AbortController();
  const texts = new Map<string, string>();
  const work: Promise<void>[] = [];
  const read = async (): Promise<void> => {
    for await (const source of tailSet(pattern).sources(stop.signal)) {
      const name = basename(source.name);
      texts.set(name, '');
      work.push(
        (async () => {
          for await (const { chunk } of source.batches(undefined, stop.signal)) {
            texts.set(name, texts.get(name) + chunk.toString());
            if (held.includes(name)) await new Promise((resolve) => stop.signal.addEventListener('abort', resolve));
          }
        })(),
      );
    }
  };
  const done = read();
  onTestFinished(async () => {
    stop.abort();
    await done;
    await Promise.all(work);
  });
  /** What was read, once it is this, or 5 s later. */
  const once = async (wanted: Readonly<Record<string, string>>): Promise<Record<string, string>> => {
    const is = () => isDeepStrictEqual(Object.fromEntries(texts), wanted);
    for (const end = Date.now() + 5000; !is() && Date.now() < end; ) await pause(5);
    return Object.fromEntries(texts);
  };
  return once;
}

test('a path is one source, whether its file is there or not', async () => {
  const log = join(temporary(), 'audit.log');
  const once = gather(log);
  let wanted: Record<string, string>;
  wanted = { 'audit.log': '' };
  expect(await once(wanted)).toEqual(wanted);
  writeFileSync(log, 'one\n');
  wanted = { 'audit.log': 'one\n' };
  expect(await once(wanted)).toEqual(wanted);
});

test('a glob gives a source for each file as it appears, but none for what rotation made of it', async () => {
  const directory = temporary();
  const path = (name: string): string => join(directory, name);
  writeFileSync(path('a.log'), 'a1\n');
  writeFileSync(path('a.log.1'), 'a0\n');
  const once = gather(path('*.log*'));
  let wanted: Record<string, string>;
  wanted = { 'a.log': 'a1\n' };
  expect(await once(wanted)).toEqual(wanted);
  writeFileSync(path('b.log'), 'b1\n');
  wanted = { 'a.log': 'a1\n', 'b.log': 'b1\n' };
  expect(await once(wanted)).toEqual(wanted);
  renameSync(path('b.log'), path('b.log.1'));
  appendFileSync(path('b.log.1'), 'b2\n');
  writeFileSync(path('b.log'), 'b3\n');
  wanted = { 'a.log': 'a1\n', 'b.log': 'b1\nb2\nb3\n' };
  expect(await once(wanted)).toEqual(wanted);
});

test('directories that appear are looked into', async () => {
  const directory = temporary();
  const once = gather(join(directory, '*/*.log'));
  let wanted: Record<string, string>;
  mkdirSync(join(directory, 'x'));
  await pause(60);
  writeFileSync(join(directory, 'x', 'c.log'), 'c1\n');
  wanted = { 'c.log': 'c1\n' };
  expect(await once(wanted)).toEqual(wanted);
});

test('one whose batches are not taken does not hold the others up', async () => {
  const directory = temporary();
  writeFileSync(join(directory, 'slow.log'), 's1\n');
  writeFileSync(join(directory, 'quick.log'), 'q1\n');
  const once = gather(join(directory, '*.log'), ['slow.log']);
  let wanted: Record<string, string>;
  wanted = { 'slow.log': '', 'quick.log': 'q1\n' };
  expect(await once(wanted)).toEqual(wanted);
  appendFileSync(join(directory, 'quick.log'), 'q2\n');
  wanted = { 'slow.log': '', 'quick.log': 'q1\nq2\n' };
  expect(await once(wanted)).toEqual(wanted);
});
