import { errnoOf, messageOf } from '../../errors.ts';
import type { Loss } from '../../observe/tally.ts';
import { printable } from '../../record/name.ts';
import type { Source, SourceBatch } from '../source.ts';
import { Bell } from './bell.ts';
import { fileAt, type LogFile } from './family.ts';
import { fileLoss } from './file-loss.ts';
import type { OpenLog } from './log.ts';
import { openLogAt } from './open-log.ts';
import { type Cursor, readCursor, writeCursor } from './position.ts';
import { firstRoute, type Next, type Route, routeFrom } from './route.ts';
import { Trailing } from './trailing.ts';
import { whyNot, whyUnreadable } from './why.ts';
import { Worth } from './worth.ts';

export interface TailOptions {
  /** On the first start rotated files are read too that were written since then (milliseconds since 1970). */
  readonly sinceMs?: number | undefined;
  /** Takes one line about what keeps it from reading, once for each state of affairs. */
  readonly warn?: ((text: string) => void) | undefined;
  /** Who reads: a file of this user or of root is as safe as its mode. Default: this process' user. */
  readonly uid?: number;
}

/**
 * A log file that is followed by its name: through renaming, copying and emptying, packing, deletion and return. Each whole
 * line is passed on once; where bytes cannot be had any more, a loss says so. What fails is told to `warn` and tried again.
 */
export function tailFile(path: string, options: TailOptions = {}): Source {
  return { name: path, batches: (from, signal, begun) => new Tail(path, options, from).batches(signal, begun) };
}

class Tail {
  readonly #path: string;
  readonly #sinceMs: number | undefined;
  readonly #warn: (text: string) => void;
  readonly #bell: Bell;
  readonly #worth: Worth;
  #current: OpenLog | undefined;
  #trailing: Trailing | undefined;
  /** Where to go on while no file is open; undefined on the first start. */
  #anchor: Cursor | undefined;
  /** Files that cannot be read, by id. */
  readonly #without = new Set<string>();
  /** The packed file whose damage is told. */
  #damaged: OpenLog | undefined;
  #losses: Loss[] = [];
  #hole = 0;
  /** The name bears another file than the one that is read, or none. */
  #unsettled = false;

  constructor(path: string, { sinceMs, warn, uid = process.geteuid?.() ?? 0 }: TailOptions, from: string | undefined) {
    this.#path = path;
    this.#sinceMs = sinceMs;
    this.#warn = changesOnly(warn);
    this.#bell = new Bell(path, this.#warn);
    this.#worth = new Worth(uid);
    this.#anchor = from === undefined ? undefined : readCursor(from);
  }

  async *batches(signal: AbortSignal, begun?: () => void): AsyncGenerator<SourceBatch> {
    try {
      const before = this.#anchor?.previous;
      this.#trailing = before && (await Trailing.find(this.#path, before).catch(() => undefined));
      while (!signal.aborted) {
        let something = false;
        for await (const batch of this.#round()) {
          something ||= batch.chunk.length > 0;
          begun?.();
          yield batch;
          if (signal.aborted) return;
        }
        begun?.();
        await this.#bell.wait({ something, unsettled: this.#unsettled }, signal);
      }
    } finally {
      await Promise.allSettled([this.#bell.close(), this.#current?.close(), this.#trailing?.close()]);
    }
  }

  /** Reads until there is no more. */
  async *#round(): AsyncGenerator<SourceBatch> {
    try {
      do yield* this.#drain();
      while (yield* this.#goOn());
    } catch (error) {
      this.#warn(`${this.#path}: cannot be read, trying again: ${messageOf(error)}`);
      // What the handle led to is gone (NFS): by its name it may be had.
      if (errnoOf(error) === 'ESTALE') await this.#leave();
    }
  }

  async *#drain(): AsyncGenerator<SourceBatch> {
    for (let current = this.#current; current; current = this.#current) {
      const look = await current.look();
      if (look.kind === 'changed') await this.#leave();
      if (look.kind === 'ended') yield* this.#endPacked(current, look.why);
      if (look.kind !== 'lines') break;
      this.#hole += look.hole;
      if (look.chunk.length > 0) yield this.#batch(look.chunk, current);
    }
    if (this.#trailing && this.#current?.place.within !== true) yield* this.#drainTrailing(this.#trailing);
  }

  async *#drainTrailing(trailing: Trailing, last = trailing.quiet): AsyncGenerator<SourceBatch> {
    for (let late = await trailing.late(); late; late = await trailing.late()) yield this.#batch(late, trailing.log);
    if (!last) return;
    const rest = await trailing.rest();
    this.#trailing = undefined;
    await trailing.close();
    if (rest) yield this.#batch(rest, trailing.log);
  }

  async *#endPacked(log: OpenLog, why: string | undefined): AsyncGenerator<SourceBatch> {
    if (why !== undefined && this.#damaged !== log) {
      this.#damaged = log;
      this.#losses.push(fileLoss('file-unreadable', why, log.mtimeMs));
    }
    const rest = await log.rest();
    if (rest) yield this.#batch(rest, log);
  }

  /** Whether there is another file to go on with, which is open then. */
  async *#goOn(): AsyncGenerator<SourceBatch, boolean> {
    const live = await fileAt(this.#path);
    const id = this.#current?.place.id ?? (this.#isUntouched(live) ? live?.id : undefined);
    this.#unsettled = live === undefined || live.id !== id;
    if (!this.#unsettled) return false;
    const route = await this.#route();
    const cursor = this.#cursor();
    // Where the file has no name any more, its bytes may go on under another inode: packed, copied, restored.
    if (route.at && cursor && route.at.id !== this.#current?.place.id) return this.#reopen(route.at, cursor);
    if (!route.next) {
      if (!this.#current) this.#warn(await whyNot(this.#path));
      return false;
    }
    return yield* this.#switchTo(route.next, this.#current ? [] : route.losses);
  }

  /** The file was empty when it was found, and nothing has been written to it since. */
  #isUntouched(live: LogFile | undefined): boolean {
    const { current, mtimeMs } = this.#anchor ?? {};
    return live?.size === 0 && live.id === current?.id && current.head.length === 0 && live.mtimeMs === mtimeMs;
  }

  async #route(): Promise<Route> {
    const cursor = this.#cursor();
    return cursor ? routeFrom(this.#path, cursor, this.#without) : firstRoute(this.#path, this.#sinceMs, this.#without);
  }

  /** The file of the anchor, by whatever name. */
  async #reopen(file: LogFile, { current }: Cursor): Promise<boolean> {
    const log = await openLogAt(file, current);
    if (typeof log === 'string') return false;
    await this.#current?.close();
    this.#worth.of(log);
    this.#current = log;
    return true;
  }

  async *#switchTo({ file, from }: Next, losses: readonly Loss[]): AsyncGenerator<SourceBatch, boolean> {
    const old = this.#current;
    // Now that there is a new file, nothing more comes to the old one but from a writer that was not told yet.
    if (old) yield* this.#remains(old);
    if (this.#trailing) yield* this.#drainTrailing(this.#trailing, true);
    // Nothing is handed out from here on: who takes no more batches must not leave the new file open.
    const log = await this.#open(file, from);
    if (typeof log === 'string') return log === 'left-out';
    this.#worth.of(log);
    this.#current = log;
    // Nothing can be seen of an empty file by which it is known again: it is opened once there is something in it.
    if (from?.head.length === 0) await this.#leave(file.mtimeMs);
    if (old?.packed) await old.close();
    else if (old) this.#trailing = new Trailing(old);
    await this.#bell.renew();
    this.#losses.push(...losses);
    yield { ...this.#batch(NONE, log), restart: true };
    return true;
  }

  async *#remains(old: OpenLog): AsyncGenerator<SourceBatch> {
    for (let look = await old.look(); look.kind === 'lines'; look = await old.look()) {
      this.#hole += look.hole;
      yield this.#batch(look.chunk, old);
    }
  }

  /** `changed`: the name leads to another file by now. A rotated file that cannot be read is left out, and the loss told. */
  async #open(file: LogFile, from: Next['from']): Promise<OpenLog | 'changed' | 'left-out'> {
    const why = from ? undefined : await whyUnreadable(file);
    if (why === undefined) {
      const log = await openLogAt(file, from);
      if (from && typeof log !== 'string') return log;
      if (typeof log !== 'string') await log.close();
      return 'changed';
    }
    this.#without.add(file.id);
    this.#losses.push(fileLoss('file-unreadable', `${file.path}: ${why}, so it was left out`, file.mtimeMs));
    return 'left-out';
  }

  async #leave(mtimeMs = this.#current?.mtimeMs): Promise<void> {
    const current = this.#current;
    const cursor = this.#cursor();
    this.#anchor = cursor && { ...cursor, mtimeMs: mtimeMs ?? cursor.mtimeMs };
    this.#current = undefined;
    await current?.close();
  }

  #cursor(): Cursor | undefined {
    const current = this.#current;
    const previous = this.#trailing?.position;
    if (current) return { current: current.place.position, mtimeMs: current.mtimeMs, previous };
    return this.#anchor && { ...this.#anchor, previous };
  }

  #batch(chunk: Buffer, log: OpenLog): SourceBatch {
    const cursor = this.#cursor();
    if (!cursor) throw new Error('a batch without a file');
    const losses = this.#losses;
    this.#losses = [];
    if (this.#hole > 0) {
      const text = `${this.#path}: ${this.#hole} zero bytes before byte ${cursor.current.offset}: a crash lost what stood there`;
      losses.push(fileLoss('file-hole', text));
      this.#hole = 0;
    }
    const worth = this.#worth.of(log);
    return { chunk, cursor: writeCursor(cursor), worth, ...(losses.length > 0 && { losses }) };
  }
}

const NONE = Buffer.alloc(0);

/** Passes a text on when it is another than the one before. */
function changesOnly(warn: TailOptions['warn']): (text: string) => void {
  let last = '';
  return (text) => {
    if (text !== last && text !== '') warn?.(printable(text));
    last = text;
  };
}
