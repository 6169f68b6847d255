import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FSWatcher, watch } from 'chokidar';
import type { Source, SourceSet } from '../source.ts';
import { isGlob, matches } from './glob.ts';
import { rotatedNames } from './names.ts';
import { Nap } from './nap.ts';
import { type TailOptions, tailFile } from './tail-file.ts';

/** A new file is mostly told by an event; without one it is found after so long, later where nothing has come for long. */
const RESCAN_MS = [2000, 2000, 2000, 4000, 8000, 16_000];
/** Many files may appear at once. */
const SETTLE_MS = 20;

/**
 * One source for a path, whether its file is there yet or not; for a glob one for each file that matches, now or later,
 * but for those that rotation made of another that matches: they are read as that one's past.
 */
export function tailSet(pattern: string, options: TailOptions = {}): SourceSet {
  return {
    name: pattern,
    sources: (signal, looked) =>
      isGlob(pattern) ? globbed(pattern, options, signal, looked) : single(pattern, options, looked),
  };
}

async function* single(path: string, options: TailOptions, looked?: () => void): AsyncGenerator<Source> {
  yield tailFile(path, options);
  looked?.();
}

async function* globbed(
  pattern: string,
  options: TailOptions,
  signal: AbortSignal,
  looked?: () => void,
): AsyncGenerator<Source> {
  const known = new Set<string>();
  const ear = new Ear();
  try {
    while (!signal.aborted) {
      const { files, directories, more } = await matches(pattern);
      if (more) options.warn?.(`${pattern}: matches more files than are followed: want a narrower pattern`);
      await ear.listenTo(directories);
      for (const path of files.filter((file) => !known.has(file) && !isRotated(file, files))) {
        known.add(path);
        yield tailFile(path, options);
        if (signal.aborted) return;
      }
      looked?.();
      await ear.news(signal);
    }
  } finally {
    await ear.close();
  }
}

function isRotated(path: string, among: readonly string[]): boolean {
  const siblings = among.filter((other) => other !== path && dirname(other) === dirname(path));
  return siblings.some((other) => rotatedNames(basename(other))(basename(path)) !== undefined);
}

/** Hears names come and go in directories. */
class Ear {
  #watcher: FSWatcher | undefined;
  #directories = '';
  #heard = false;
  #quiet = 0;
  readonly #nap = new Nap();

  async listenTo(directories: readonly string[]): Promise<void> {
    const key = JSON.stringify(directories);
    if (key === this.#directories) return;
    await this.close();
    this.#directories = key;
    const wanted = new Set(directories);
    // The files themselves are their sources' business.
    this.#watcher = watch([...directories], { depth: 0, ignored: (path) => !wanted.has(path) });
    this.#watcher.on('raw', (event) => {
      if (event === 'rename') this.#hear();
    });
    // Where it cannot be watched, the clock finds it.
    this.#watcher.on('ready', () => this.#hear()).on('error', () => undefined);
  }

  async news(signal: AbortSignal): Promise<void> {
    const patienceMs = RESCAN_MS[Math.min(this.#quiet++, RESCAN_MS.length - 1)] ?? 0;
    if (!this.#heard) await this.#nap.sleep(patienceMs, signal);
    if (this.#heard) this.#quiet = 0;
    if (this.#heard) await sleep(SETTLE_MS, undefined, { signal }).catch(() => undefined);
    this.#heard = false;
  }

  async close(): Promise<void> {
    const watcher = this.#watcher;
    this.#watcher = undefined;
    await watcher?.close();
  }

  #hear(): void {
    this.#heard = true;
    this.#nap.wake();
  }
}
