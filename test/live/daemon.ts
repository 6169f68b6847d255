import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';

const BIN = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** A `profiler daemon` that runs. */
export interface Running {
  readonly child: ChildProcess;
  readonly lines: LogLine[];
  /** What it wrote that is no JSON. */
  readonly words: string[];
  /** Resolves with the line, which may have come already. */
  readonly said: (message: RegExp, withinMs?: number) => Promise<LogLine>;
  /** Sends a signal and resolves when it has gone. */
  end(signal?: NodeJS.Signals): Promise<Gone>;
  readonly gone: Promise<Gone>;
}

export interface Gone {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A folder's own configuration; `sources` is TOML. */
export function configure(folder: string, sources: string, more = ''): string {
  const path = join(folder, 'profiler.toml');
  writeFileSync(path, `database = "${join(folder, 'p.db')}"\nhost = "vm"\n${more}\n${sources}`);
  return path;
}

export const fileSource = (path: string, more = ''): string => `[[source]]\nkind = "file"\npath = "${path}"\n${more}\n`;

export function startDaemon(config: string, env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(process.execPath, [BIN, 'daemon', '--config', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  });
  const lines: LogLine[] = [];
  const words: string[] = [];
  let rest = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) {
      if (line.startsWith('{')) lines.push(JSON.parse(line) as LogLine);
      else words.push(line);
    }
  });
  const gone = new Promise<Gone>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  return {
    child,
    lines,
    words,
    gone,
    said: (message, withinMs = 10_000) => said({ lines, words, child }, message, withinMs),
    end: (signal = 'SIGTERM') => {
      child.kill(signal);
      return gone;
    },
  };
}

async function said(
  { lines, words, child }: Pick<Running, 'lines' | 'words' | 'child'>,
  message: RegExp,
  withinMs: number,
): Promise<LogLine> {
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(5)) {
    const line = lines.find(({ msg }) => message.test(msg));
    if (line) return line;
    if (child.exitCode !== null) break;
  }
  throw new Error(`the daemon did not say ${message.source}: ${JSON.stringify(lines)} ${words.join(' ')}`);
}

/** Asks the database while the daemon runs. */
export function ask<One>(folder: string, sql: string): One[] {
  const db = new Database(join(folder, 'p.db'), { readonly: true, timeout: 5000 });
  try {
    return db.prepare<[], One>(sql).all();
  } finally {
    db.close();
  }
}

/** 0 until the daemon has made its database. */
export function counted(folder: string): number {
  if (!existsSync(join(folder, 'p.db-daemon'))) return 0;
  return ask<{ sum: number | null }>(folder, 'SELECT sum(count) AS sum FROM tally')[0]?.sum ?? 0;
}

export async function until(what: () => boolean, withinMs = 10_000): Promise<void> {
  for (const end = Date.now() + withinMs; !what(); await sleep(5)) {
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms: ${what.toString()}`);
  }
}

interface Row {
  readonly trust: string;
  readonly nr: number;
  readonly count: number;
}

/** What is stored of a program. */
export const rowsOf = (at: string, exe: string): Row[] =>
  ask<Row>(
    at,
    `SELECT trust, nr, sum(count) AS count FROM tally JOIN exe USING (exe_id) WHERE path = '${exe}' GROUP BY trust, nr ORDER BY nr`,
  );
