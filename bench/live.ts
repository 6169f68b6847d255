import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { type Bench, check, DAEMON, ended, median, start, total, usageOf } from './harness.ts';
import { Records } from './records.ts';

const RATE = 10_000;
const LOAD_S = 20;
const IDLE_S = 40;
/** After so long without a line the daemon looks seldom. */
const CALM_MS = 45_000;
const SINGLES = 60;

/** A daemon that follows one audit.log: single appends, ten thousand records a second, nothing. */
export const live: Bench = async ({ folder, scale, show }) => {
  const log = join(folder, 'audit.log');
  const db = join(folder, 'live.db');
  const config = join(folder, 'profiler.toml');
  writeFileSync(config, `database = "${db}"\n[log]\nlevel = "warn"\n[[source]]\nkind = "file"\npath = "${log}"\n`);
  const writer = new Writer(log);
  writer.append(1);
  const daemon = start([...DAEMON, '--config', config]);
  try {
    const stored = await opened(db);
    await until(() => stored() === 1);
    await sleep(CALM_MS * scale);
    const idle = await during(daemon, () => sleep(IDLE_S * 1000 * scale));
    show({ what: 'daemon, idle: CPU', value: idle.share, unit: '%', aim: 0.05 });
    show({ what: '  memory', value: usageOf(daemon).rssMb, unit: 'MB', aim: 75 });
    const singles = await eachStored(writer, stored);
    show({ what: 'daemon, single appends: to stored, median', value: median(singles), unit: 'ms', aim: 50 });
    const late: number[] = [];
    const load = await during(daemon, () => writer.pour(RATE, LOAD_S * scale, stored, late));
    await until(() => stored() === writer.made);
    show({ what: `daemon, ${RATE} records/s: CPU`, value: load.share, unit: '%', aim: 25 });
    show({ what: '  to stored, median', value: median(late), unit: 'ms', aim: 300 });
    show({ what: '  memory', value: usageOf(daemon).rssMb, unit: 'MB', aim: 75 });
    show({ what: '  lost', value: total(writer.truth) - stored(), unit: '', aim: 0 });
  } finally {
    daemon.kill('SIGTERM');
    await ended(daemon);
    writer.close();
  }
  check(db, writer.truth);
};

class Writer {
  readonly #records = new Records();
  readonly #fd: number;
  /** When each record was written, by performance.now(). */
  readonly #at: number[] = [];

  constructor(path: string) {
    this.#fd = openSync(path, 'a');
  }

  get made(): number {
    return this.#records.made;
  }

  get truth() {
    return this.#records.truth;
  }

  append(count: number): void {
    let text = '';
    for (let at = 0; at < count; at++) text += `type=SECCOMP msg=${this.#records.next()}\n`;
    writeSync(this.#fd, text, null, 'latin1');
    this.#at.length = this.made;
    this.#at.fill(performance.now(), this.made - count);
  }

  /** So many a second for so long; how late those are stored that were, as the database tells now and then, goes to `late`. */
  async pour(rate: number, seconds: number, stored: () => number, late: number[]): Promise<void> {
    const startedAt = performance.now();
    const before = this.made;
    let known = before;
    for (let due = 0; due < rate * seconds; ) {
      await sleep(2);
      const now = performance.now();
      due = Math.min(rate * seconds, Math.floor(((now - startedAt) / 1000) * rate));
      if (before + due > this.made) this.append(before + due - this.made);
      const count = stored();
      for (; known < count; known++) late.push(performance.now() - (this.#at[known] ?? Number.NaN));
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}

async function eachStored(writer: Writer, stored: () => number): Promise<number[]> {
  const late: number[] = [];
  for (let at = 0; at < SINGLES; at++) {
    await sleep(60 + (at % 7) * 5);
    const from = performance.now();
    writer.append(1);
    await until(() => stored() === writer.made);
    late.push(performance.now() - from);
  }
  return late;
}

/** How many records the database holds of the log, once it is there. */
async function opened(path: string): Promise<() => number> {
  for (;;) {
    try {
      const db = new Database(path, { readonly: true, fileMustExist: true });
      const count = db.prepare<[], number>('SELECT ifnull(sum(records), 0) FROM source').pluck();
      count.get();
      return () => count.get() ?? 0;
    } catch {
      await sleep(20);
    }
  }
}

async function during(daemon: ChildProcess, work: () => Promise<unknown>): Promise<{ readonly share: number }> {
  const before = usageOf(daemon).cpuSeconds;
  const fromMs = performance.now();
  await work();
  return { share: ((usageOf(daemon).cpuSeconds - before) * 1e5) / (performance.now() - fromMs) };
}

async function until(is: () => boolean): Promise<void> {
  while (!is()) await sleep(1);
}
