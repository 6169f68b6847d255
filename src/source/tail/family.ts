import { type BigIntStats, readdirSync, statSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { oldestFirst, type Packing, type RotatedName, rotatedNames } from './names.ts';

export interface LogFile {
  readonly path: string;
  /** Device and inode, `DEV:INO`. */
  readonly id: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly packing: Packing;
}

/** A log and what became of it before. */
export interface Family {
  /** What bears the log's name now. */
  readonly live: LogFile | undefined;
  /** Oldest first. A file that is there raw and packed stands here once, raw. */
  readonly rotated: readonly LogFile[];
}

const TRIES = 100;

/** Looks until two looks agree: amid a rotation a file can be missed, or seen under two names, or half copied. */
export async function familyOf(path: string): Promise<Family> {
  const where = await places(path);
  let before = look(path, where);
  for (let tries = 0; tries < TRIES; tries++) {
    const now = look(path, where);
    if (text(now) === text(before)) return now;
    before = now;
    await sleep(2);
  }
  throw new Error('its rotated files change all the time');
}

function text({ live, rotated }: Family): string {
  return JSON.stringify([live?.id, rotated.map(({ path, id, size }) => [path, id, size])]);
}

/** The file of that name, through symbolic links; undefined where there is none that can be read as a log. */
export async function fileAt(path: string): Promise<LogFile | undefined> {
  return fileOf(path, await stat(path, { bigint: true }).catch(() => undefined));
}

/** A file of any name in the log's directories: where symbolic links or dates in names lead from one log to the next. */
export async function fileById(path: string, id: string): Promise<LogFile | undefined> {
  for (const [directory] of await places(path)) {
    for (const name of await readdir(directory).catch(() => [])) {
      const file = await fileAt(join(directory, name));
      if (file?.id === id) return file;
    }
  }
  return undefined;
}

type Found = LogFile & RotatedName;
type Place = readonly [directory: string, base: string];

/** In one breath: a rotation can do the less meanwhile. */
function look(path: string, where: readonly Place[]): Family {
  const live = quickly(path);
  const found = new Map<string, Found>();
  for (const [directory, base] of where) {
    const read = rotatedNames(base);
    for (const name of namesIn(directory)) {
      const rotated = read(name);
      const file = rotated && quickly(join(directory, name), rotated.packing);
      if (!file || file.id === live?.id) continue;
      const stem = join(directory, rotated.stem);
      const raw = found.get(stem)?.packing === undefined && found.has(stem);
      if (!raw) found.set(stem, { ...file, ...rotated });
    }
  }
  const unique = new Map([...found.values()].map((file) => [file.id, file]));
  return { live, rotated: oldestFirst([...unique.values()]) };
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function quickly(path: string, packing?: Packing): LogFile | undefined {
  try {
    return fileOf(path, statSync(path, { bigint: true, throwIfNoEntry: false }), packing);
  } catch {
    return undefined;
  }
}

function fileOf(path: string, found: BigIntStats | undefined, packing?: Packing): LogFile | undefined {
  if (!found?.isFile()) return undefined;
  const { dev, ino, size, mtimeNs } = found;
  return { path, id: `${dev}:${ino}`, size: Number(size), mtimeMs: Number(mtimeNs) / 1e6, packing };
}

/** Directory and base name of the path, and of what it leads to. */
async function places(path: string): Promise<Place[]> {
  const real = await realpath(path).catch(() => path);
  const paths = new Set([path, real]);
  return [...paths].map((each) => [dirname(each), basename(each)] as const);
}
