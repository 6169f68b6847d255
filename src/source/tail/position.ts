/** What tells one log file from another, whatever its name and inode: a hash of so many of its bytes. */
export interface Print {
  readonly length: number;
  /** SHA-256, hexadecimal. */
  readonly hash: string;
}

/** A place in a file. */
export interface Position {
  /** Device and inode, `DEV:INO`. */
  readonly id: string;
  /** Bytes, of a gzip file those of what it holds. */
  readonly offset: number;
  /** The file's first bytes. */
  readonly head: Print;
  /** The bytes before the offset. */
  readonly tail: Print;
  /** Amid a line over 64 KiB: what comes up to its newline is no line. */
  readonly within: boolean;
}

/** How far a log was read, through all its rotated files. */
export interface Cursor {
  readonly current: Position;
  /** When the current file had last been written, milliseconds since 1970. */
  readonly mtimeMs: number;
  /** The file before, while a writer may still hold it open. */
  readonly previous?: Position | undefined;
}

const VERSION = 1;

export function writeCursor(cursor: Cursor): string {
  return JSON.stringify({ tail: VERSION, ...cursor });
}

/** Undefined for what writeCursor() has not written: another kind of cursor, or none. */
export function readCursor(text: string): Cursor | undefined {
  const value = parsed(text);
  if (!isObject(value) || value.tail !== VERSION || typeof value.mtimeMs !== 'number') return undefined;
  const current = positionOf(value.current);
  if (!current) return undefined;
  return { current, mtimeMs: value.mtimeMs, previous: positionOf(value.previous) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function positionOf(value: unknown): Position | undefined {
  if (!isObject(value) || typeof value.id !== 'string' || !isLength(value.offset)) return undefined;
  const head = printOf(value.head);
  const tail = printOf(value.tail);
  return head && tail && { id: value.id, offset: value.offset, head, tail, within: value.within === true };
}

function printOf(value: unknown): Print | undefined {
  if (!isObject(value) || !isLength(value.length) || typeof value.hash !== 'string') return undefined;
  return { length: value.length, hash: value.hash };
}

function isLength(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
