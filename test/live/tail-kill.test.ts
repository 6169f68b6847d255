import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { transpile } from './tail/transpile.ts';

const METHODS = ['rename', 'rename-date', 'rename-gzip', 'copy', 'copy-gzip'] as const;
/** In all; PROFILER_SWEEP=5 makes it 200. */
const KILLS = 40 * Number(process.env.PROFILER_SWEEP ?? '1');
const folder = mkdtempSync(join(tmpdir(), 'profiler-tail-'));
const programs = { reader: '', writer: '' };

beforeAll(() => {
  const source = (name: string): string => fileURLToPath(new URL(`tail/${name}.ts`, import.meta.url));
  programs.reader = transpile(source('reader'), join(folder, 'js-reader'));
  programs.writer = transpile(source('writer'), join(folder, 'js-writer'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Entry {
  readonly cursor: string;
  readonly numbers: readonly number[];
  readonly bad: readonly string[];
  readonly losses?: readonly unknown[];
}

/** What the reader has committed; a line torn by a kill is none. */
function entries(book: string): Entry[] {
  if (!existsSync(book)) return [];
  const text = readFileSync(book, 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Entry);
}

/** Kills the reader so many times while the log is written and rotated, then lets it end. */
async function sweep(method: string, kills: number): Promise<{ total: number; rotations: number; book: string }> {
  const log = join(folder, `${method}.log`);
  const book = join(folder, `${method}.book`);
  const writer = spawn(process.execPath, [programs.writer, log, method, String(1 + Math.floor(Math.random() * 1e9))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let said = '';
  writer.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  for (let kill = 0; kill < kills; kill++) {
    const before = entries(book).length;
    const reader = startReader(log, book);
    // Some are killed in their first breath, most amid their work.
    if (kill % 4 > 0) await soon(() => entries(book).length > before, 5000);
    await sleep(Math.random() * 150);
    await stop(reader, 'SIGKILL');
  }
  writer.stdin.end();
  await once(writer, 'close');
  const total = Number(said);
  const reader = startReader(log, book);
  await soon(() => entries(book).reduce((sum, { numbers }) => sum + numbers.length, 0) >= total, 30_000);
  // What comes twice would come now.
  await sleep(100);
  await stop(reader, 'SIGKILL');
  return { total, rotations: Number(readFileSync(`${log}.rotations.txt`, 'utf8')), book };
}

async function soon(is: () => boolean, timeoutMs: number): Promise<void> {
  for (const until = Date.now() + timeoutMs; Date.now() < until && !is(); ) await sleep(5);
}

function startReader(log: string, book: string): ChildProcess {
  return spawn(process.execPath, [programs.reader, log, book], { stdio: 'inherit' });
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null) throw new Error(`the reader ended with ${child.exitCode}`);
  const ended = once(child, 'close');
  child.kill(signal);
  await ended;
}

test.concurrent.for(METHODS)('killed again and again under %s, each line is read once', async (method) => {
  const { total, rotations, book } = await sweep(method, Math.ceil(KILLS / METHODS.length));
  const read = entries(book);
  const numbers = read.flatMap((entry) => entry.numbers).sort((a, b) => a - b);
  console.log(
    `${method}: ${Math.ceil(KILLS / METHODS.length)} kills, ${rotations} rotations, ${total} lines, ${read.length} commits`,
  );
  expect(rotations).toBeGreaterThan(3);
  expect(read.flatMap((entry) => entry.bad)).toEqual([]);
  expect(read.flatMap((entry) => entry.losses ?? [])).toEqual([]);
  expect(numbers).toEqual(Array.from({ length: total }, (_, at) => at));
});
