import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openStore } from '../src/store/open.ts';
import type { Truth } from './records.ts';

/** One line of the table. */
export interface Figure {
  readonly what: string;
  readonly peer?: string;
  readonly value: number;
  readonly peerValue?: number;
  readonly unit: string;
  /** What is wanted of the ratio, or of the value where there is no peer. Infinity: nothing. */
  readonly aim: number;
  /** The peer is the slower one: at least so many times faster is wanted. */
  readonly atLeast?: boolean;
}

export interface World {
  /** A folder for corpora and databases; it goes at the end. */
  readonly folder: string;
  /** 1: the sizes that the aims are for. */
  readonly scale: number;
  readonly show: (figure: Figure) => void;
  readonly say: (text: string) => void;
}

export type Bench = (world: World) => void | Promise<void>;

export const ROOT = fileURLToPath(new URL('../', import.meta.url));
export const PROFILER: readonly string[] = [process.execPath, join(ROOT, 'dist/cli/bin.js')];
/** As systemd/profiler.service starts it. */
export const DAEMON: readonly string[] = [
  process.execPath,
  '--max-semi-space-size=4',
  join(ROOT, 'dist/cli/bin.js'),
  'daemon',
];
/** Interleaved with the peer's. */
export const ROUNDS = Number(process.env.PROFILER_BENCH_ROUNDS ?? 5);

export async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'profiler-bench-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface Timed {
  readonly seconds: number;
  readonly peakMb: number;
  readonly out: string;
}

/** A whole process: how long it took and how much memory it held, by time(1)'s count. */
export function timed([program = '', ...words]: readonly string[]): Timed {
  const script = 'exec 3>&1; exec /usr/bin/time -f "%e %M" -o "$0" "$@"';
  const notes = join(tmpdir(), `profiler-time-${process.pid}`);
  const started = performance.now();
  const out = execFileSync('/bin/sh', ['-c', script, notes, program, ...words], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 2 ** 31,
  });
  const seconds = (performance.now() - started) / 1000;
  const [, kilobytes = 0] = readFileSync(notes, 'utf8').trim().split(' ').map(Number);
  rmSync(notes);
  return { seconds, peakMb: kilobytes / 1000, out };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] ?? Number.NaN;
}

/** Throws where the database does not hold exactly what the corpus does. */
export function check(db: string, truth: Truth): void {
  const store = openStore(db, { readonly: true });
  try {
    const counted = new Map<string, number>();
    for (const { exe, nr, count } of store.tallies(store.runs({}).map(({ id }) => id))) {
      counted.set(`${exe} ${nr}`, (counted.get(`${exe} ${nr}`) ?? 0) + count);
    }
    const wanted = [...truth].flatMap(([exe, calls]) =>
      [...calls].map(([nr, n]): [string, number] => [`${exe} ${nr}`, n]),
    );
    for (const [key, n] of wanted) {
      if (counted.get(key) !== n) throw new Error(`${key}: counted ${counted.get(key) ?? 0} times, made ${n} times`);
    }
    if (counted.size !== wanted.length) throw new Error('calls were counted that were not made');
  } finally {
    store.close();
  }
}

export function removeDatabase(db: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(db + suffix, { force: true });
}

export function total(truth: Truth): number {
  return [...truth.values()].flatMap((calls) => [...calls.values()]).reduce((sum, count) => sum + count, 0);
}

/** CPU seconds that a process has used, user and system (proc(5)), and its memory. */
export function usageOf({ pid }: ChildProcess): { readonly cpuSeconds: number; readonly rssMb: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [utime = 0, stime = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { cpuSeconds: (utime + stime) / 100, rssMb: (Number(rss) * 1024) / 1e6 };
}

export function start([program = '', ...words]: readonly string[]): ChildProcess {
  return spawn(program, words, { stdio: ['ignore', 'ignore', 'inherit'] });
}

export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null) await new Promise((resolve) => child.on('exit', resolve));
}
