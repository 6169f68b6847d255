import type { Loss } from '../../observe/tally.ts';
import { type Family, familyOf, fileAt, fileById, type LogFile } from './family.ts';
import { fileLoss } from './file-loss.ts';
import { canUnpack, fitOf, openLogAt } from './open-log.ts';
import { Place } from './place.ts';
import type { Cursor, Position } from './position.ts';

/** Where reading goes on. */
export interface Route {
  /** The file that holds the cursor's position. */
  readonly at: LogFile | undefined;
  /** What is to be read after it, if there is anything yet. */
  readonly next: Next | undefined;
  readonly losses: readonly Loss[];
}

/** A file that is to be read from its beginning, which must look as it did: else the way has changed meanwhile. */
export interface Next {
  readonly file: LogFile;
  /** Undefined where it cannot be read. */
  readonly from: Position | undefined;
}

/** On the first start: the log alone, or also the rotated files that were written since a time. */
export async function firstRoute(path: string, sinceMs = Infinity, without: ReadonlySet<string>): Promise<Route> {
  const scene = await sceneOf(path, without);
  const rotated = scene.rotated.filter(({ mtimeMs }) => mtimeMs >= sinceMs);
  return { at: undefined, next: await first(scene, rotated, true), losses: [] };
}

/**
 * Finds the file of a cursor by its inode, and where that is gone or holds something else by its bytes: rotation renames
 * a log, copies and empties it, or packs it. Where it is not to be found, what was written after it is read, and the loss told.
 * `without`: files (by id) that cannot be read and are left out.
 */
export async function routeFrom(path: string, cursor: Cursor, without: ReadonlySet<string>): Promise<Route> {
  for (let tries = 0; tries < TRIES; tries++) {
    const scene = await sceneOf(path, without);
    if (cursor.current.head.length === 0) return fromEmpty(scene, cursor);
    const found = await find(path, scene, cursor);
    if (found === 'gone') continue;
    if (!found) return withoutAnchor(path, scene, cursor);
    const { file, fit } = found;
    const next = file.id === scene.live?.id ? undefined : await first(scene, newerThan(file, scene), false);
    return { at: fit === 'same' ? file : undefined, next, losses: [] };
  }
  throw new Error('its rotated files come and go all the time');
}

const TRIES = 100;

/**
 * Of a file that was empty nothing is known but its inode; it may have been written, copied and emptied since. Only a first
 * start begins with an empty file, when no rotated one was to be read: what is as old to the tick was not read either.
 */
async function fromEmpty(scene: Scene, { current, mtimeMs }: Cursor): Promise<Route> {
  const later = scene.rotated.filter((file) => file.id === current.id || file.mtimeMs >= mtimeMs);
  return { at: undefined, next: await first(scene, later, false), losses: [] };
}

/** A family, and how the log itself began before the others were looked at. */
interface Scene extends Family {
  readonly beginning: Position | undefined;
}

async function sceneOf(path: string, without: ReadonlySet<string>): Promise<Scene> {
  for (;;) {
    const live = await fileAt(path);
    const beginning = live && (await beginningOf(live, tellsMuch));
    const family = await familyOf(path);
    if (family.live?.id !== live?.id) continue;
    return { live, beginning, rotated: family.rotated.filter(({ id }) => !without.has(id)) };
  }
}

interface Anchor {
  readonly file: LogFile;
  readonly fit: 'same' | 'shorter';
}

/** A few bytes of a first line are those of any line: there is no knowing whether they were emptied and written anew. */
function tellsMuch(head: Buffer): boolean {
  return head.length >= TELLING_BYTES || head.includes('\n');
}

/** Files that begin with fewer equal bytes may be others all the same: then only what was written since can be the one. */
const TELLING_BYTES = 64;

/** `gone`: a file that may have been the one was renamed or packed meanwhile. */
async function find(path: string, { live, rotated }: Family, cursor: Cursor): Promise<Anchor | 'gone' | undefined> {
  const { current: position, mtimeMs } = cursor;
  const files = [...(live ? [live] : []), ...rotated];
  const telling = position.head.length >= TELLING_BYTES;
  const sameInode = files.filter(({ id }) => id === position.id);
  const elsewhere = sameInode.length === 0 ? await fileById(path, position.id) : undefined;
  const others = files.filter((file) => file.id !== position.id && (telling || file.mtimeMs >= mtimeMs));
  let shorter: LogFile | undefined;
  let gone = false;
  for (const file of [...sameInode, ...(elsewhere ? [elsewhere] : []), ...others]) {
    const fit = await fitOf(file, position).catch(() => 'other');
    if (fit === 'same') return { file, fit };
    gone ||= fit === 'gone';
    // The log itself, when it is shorter, was emptied; a copy was made before the last of it was read.
    if (fit === 'shorter' && file !== live && file.id !== position.id) shorter ??= file;
  }
  if (gone) return 'gone';
  return shorter && { file: shorter, fit: 'shorter' };
}

function newerThan(file: LogFile, { rotated }: Family): readonly LogFile[] {
  const at = rotated.findIndex(({ id }) => id === file.id);
  return at >= 0 ? rotated.slice(at + 1) : rotated.filter(({ mtimeMs }) => mtimeMs > file.mtimeMs);
}

async function withoutAnchor(path: string, scene: Scene, { current, mtimeMs }: Cursor): Promise<Route> {
  const newer = scene.rotated.filter((file) => file.mtimeMs > mtimeMs);
  const next = await first(scene, newer, false);
  const emptied = scene.live?.id === current.id;
  const text = emptied
    ? `${path}: it was emptied or rewritten after byte ${current.offset}, and no copy of what it held is there`
    : `${path}: the file that was read up to byte ${current.offset} is gone, and no copy of it is there`;
  return { at: undefined, next, losses: [fileLoss(emptied ? 'file-truncated' : 'file-gone', text, mtimeMs)] };
}

/** The oldest of the rotated files, else the log itself, once there is something in it or it may be `empty`. */
async function first(
  { live, beginning }: Scene,
  rotated: readonly LogFile[],
  empty: boolean,
): Promise<Next | undefined> {
  const known = beginning !== undefined && beginning.head.length > 0;
  for (const file of rotated) {
    // A rotated file that begins like the log itself, and is no longer, is a copy of it that is being made.
    const like = known && file.packing === undefined && file.size <= (live?.size ?? 0);
    const fit = like ? await fitOf(file, { ...beginning, id: file.id }).catch(() => 'other') : 'other';
    // Renamed meanwhile: to go on with the log would pass over this file. The next look finds it by its new name.
    if (fit === 'gone') return undefined;
    if (fit !== 'other' || file.size === 0) continue;
    const from = await beginningOf(file, () => true);
    if (from?.head.length !== 0) return { file, from };
  }
  return live && beginning && (known || empty) ? { file: live, from: beginning } : undefined;
}

/** Its byte 0, and what it begins with, if that tells anything; undefined where it cannot be read. */
async function beginningOf(file: LogFile, tells: (head: Buffer) => boolean): Promise<Position | undefined> {
  if (!canUnpack(file)) return undefined;
  const log = await openLogAt(file).catch(() => 'other' as const);
  if (typeof log === 'string') return undefined;
  try {
    const look = await log.look();
    const { head, position } = log.place;
    if (look.kind === 'ended' && look.why !== undefined && head.length === 0) return undefined;
    const start = new Place(file.id).position;
    return tells(head) ? { ...start, head: position.head } : start;
  } finally {
    await log.close();
  }
}
