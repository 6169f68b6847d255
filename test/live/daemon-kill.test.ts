import { closeSync, copyFileSync, openSync, readdirSync, renameSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { auditLog, T0 } from '../app/audit-lines.ts';
import { record } from '../observe/records.ts';
import { profiler, scratch } from './cli.ts';
import { ask, configure, counted, fileSource, startDaemon, until } from './daemon.ts';

/** PROFILER_SWEEP=200 kills 200 times. */
const KILLS = Number(process.env['PROFILER_SWEEP'] ?? 24);
/** More than there are rotations: what is deleted before it is read is lost, and told, whoever reads. */
const KEPT = 400;
const ROTATE_MS = Math.max(170, KILLS * 6);

/** A log with one writer, which cuts lines where it likes, and one rotator, which moves or copies and empties it. */
class Log {
  readonly path: string;
  written = 0;
  rotations = 0;
  #file: number;
  #rest = '';

  constructor(folder: string) {
    this.path = join(folder, 'audit.log');
    this.#file = openSync(this.path, 'a', 0o600);
  }

  write(count: number): void {
    const lines = Array.from({ length: count }, (_, at) => lineOf(this.written + at)).join('');
    this.written += count;
    const text = this.#rest + lines;
    const cut = text.length - Math.floor(Math.random() * 120);
    writeSync(this.#file, text.slice(0, cut));
    this.#rest = text.slice(cut);
  }

  rotate(): void {
    this.finish();
    this.rotations++;
    for (let at = KEPT; at > 0; at--) move(`${this.path}.${at}`, `${this.path}.${at + 1}`);
    if (this.rotations % 4 === 0) {
      copyFileSync(this.path, `${this.path}.1`);
      truncateSync(this.path);
    } else {
      closeSync(this.#file);
      renameSync(this.path, `${this.path}.1`);
      this.#file = openSync(this.path, 'a', 0o600);
    }
  }

  finish(): void {
    writeSync(this.#file, this.#rest);
    this.#rest = '';
  }
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Processes that end and whose pids come again. */
function lineOf(at: number): string {
  const pid = 1 + (at % 7);
  const nr = at % 1000 === 500 + pid ? 231 : at % 300;
  return auditLog(record([T0 + (at >> 3), at + 1], { pid, nr, exe: `/opt/${pid}` }));
}

const TALLIES = `SELECT path, nr, trust, sum(count) AS count, min(first_ms) AS first, max(last_ms) AS last
  FROM tally JOIN exe USING (exe_id) GROUP BY path, nr, trust ORDER BY path, nr, trust`;

test(
  `killed ${KILLS} times at random points, while a writer appends and a rotator rotates, it has counted each record once`,
  async () => {
    const folder = scratch();
    const log = new Log(folder.path);
    const config = configure(folder.path, fileSource(log.path, 'since = "7d"'));
    const writer = setInterval(() => log.write(1 + Math.floor(Math.random() * 40)), 10);
    const rotator = setInterval(() => log.rotate(), ROTATE_MS);
    let kills = 0;
    let progress = 0;
    const stored: number[] = [];
    try {
      for (; kills < KILLS; kills++) {
        const daemon = startDaemon(config);
        // Half of them while it starts and catches up, half while it follows.
        if (kills % 2 === 0) await sleep(Math.random() * 700);
        else await daemon.said(/^ready$/).then(() => sleep(Math.random() * 250));
        expect((await daemon.end('SIGKILL')).signal).toBe('SIGKILL');
        const now = counted(folder.path);
        expect(now).toBeGreaterThanOrEqual(progress);
        if (now > progress) stored.push(now - progress);
        progress = now;
      }
    } finally {
      clearInterval(writer);
      clearInterval(rotator);
    }
    log.finish();
    const last = startDaemon(config);
    try {
      await until(() => counted(folder.path) >= log.written, 20_000);
    } finally {
      await last.end();
    }
    expect(counted(folder.path)).toBe(log.written);

    const parts = readdirSync(folder.path)
      .filter((name) => name.startsWith('audit.log'))
      .sort((a, b) => Number(b.slice(10)) - Number(a.slice(10)));
    const clean = scratch();
    const imported = await profiler([
      'import',
      '--host',
      'vm',
      '--db',
      join(clean.path, 'p.db'),
      ...parts.map((name) => join(folder.path, name)),
    ]);
    expect(imported.code, imported.stderr).toBe(0);
    expect(ask(folder.path, TALLIES)).toEqual(ask(clean.path, TALLIES));
    expect(ask(folder.path, 'SELECT reason, count, text FROM loss')).toEqual([]);
    expect(ask(folder.path, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    process.stderr.write(
      `daemon-kill: ${kills} kills, ${stored.length} of them after new records were stored, ${log.rotations} rotations, ${log.written} records, each counted once\n`,
    );
    expect(stored.length).toBeGreaterThan(KILLS / 8);
    expect(log.rotations).toBeLessThan(KEPT);
    clean.remove();
    folder.remove();
  },
  60_000 + KILLS * 2000,
);
