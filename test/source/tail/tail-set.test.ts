import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
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
  const until = async (wanted: Readonly<Record<string, string>>): Promise<void> => {
    const is = () => JSON.stringify([...texts].sort()) === JSON.stringify(Object.entries(wanted).sort());
    for (const end = Date.now() + 5000; !is() && Date.now() < end; ) await pause(5);
    expect(Object.fromEntries(texts)).toEqual(wanted);
  };
  return { texts, until };
}

test('a path is one source, whether its file is there or not', async () => {
  const log = join(temporary(), 'audit.log');
  const { until } = gather(log);
  await until({ 'audit.log': '' });
  writeFileSync(log, 'one\n');
  await until({ 'audit.log': 'one\n' });
});

test('a glob gives a source for each file as it appears, but none for what rotation made of it', async () => {
  const directory = temporary();
  const path = (name: string): string => join(directory, name);
  writeFileSync(path('a.log'), 'a1\n');
  writeFileSync(path('a.log.1'), 'a0\n');
  const { until } = gather(path('*.log*'));
  await until({ 'a.log': 'a1\n' });
  writeFileSync(path('b.log'), 'b1\n');
  await until({ 'a.log': 'a1\n', 'b.log': 'b1\n' });
  renameSync(path('b.log'), path('b.log.1'));
  appendFileSync(path('b.log.1'), 'b2\n');
  writeFileSync(path('b.log'), 'b3\n');
  await until({ 'a.log': 'a1\n', 'b.log': 'b1\nb2\nb3\n' });
});

test('directories that appear are looked into', async () => {
  const directory = temporary();
  const { until } = gather(join(directory, '*/*.log'));
  mkdirSync(join(directory, 'x'));
  await pause(60);
  writeFileSync(join(directory, 'x', 'c.log'), 'c1\n');
  await until({ 'c.log': 'c1\n' });
});

test('one whose batches are not taken does not hold the others up', async () => {
  const directory = temporary();
  writeFileSync(join(directory, 'slow.log'), 's1\n');
  writeFileSync(join(directory, 'quick.log'), 'q1\n');
  const { until } = gather(join(directory, '*.log'), ['slow.log']);
  await until({ 'slow.log': '', 'quick.log': 'q1\n' });
  appendFileSync(join(directory, 'quick.log'), 'q2\n');
  await until({ 'slow.log': '', 'quick.log': 'q1\nq2\n' });
});
