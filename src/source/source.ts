import type { Loss } from '../observe/tally.ts';
import type { FileTrust } from './file-trust.ts';

/** What was read in one go: bytes of whole lines, and where reading goes on after them. */
export interface SourceBatch {
  /**
   * Whole lines, at most about 1 MiB; may be empty where only a loss is told. A half line stays behind until its newline
   * comes; only a line over 64 KiB is passed on in pieces (the record reader rejects it). The bytes are the taker's.
   */
  readonly chunk: Buffer;
  /** JSON text, opaque to others: the position after the chunk. To be committed together with what the chunk counted. */
  readonly cursor: string;
  /** A new file begins here (rotation, truncation): the record reader starts anew, what it still holds is ended first. */
  readonly restart?: boolean;
  /** What the source itself knows was lost before this chunk. */
  readonly losses?: readonly Loss[];
  /** What these lines are worth by who can have written them, told by what was opened: a file, or a listener's socket. */
  readonly worth?: FileTrust;
}

/** One log, read for ever. */
export interface Source {
  /** The path, or what else names it in the store: cursors are kept under it. */
  readonly name: string;
  /**
   * Goes on after `from` (a cursor of this source; undefined: first start; a foreign text counts as none) and waits for
   * more until the signal is aborted, then ends without an error. The next batch is read when the last was taken.
   * `begun` is called once nothing more can be missed unsaid: the group is joined, the file was looked at.
   */
  batches(from: string | undefined, signal: AbortSignal, begun?: () => void): AsyncIterable<SourceBatch>;
  /** The store has this cursor: what was before it is never asked for again. */
  stored?(cursor: string): void;
}

/** Sources that come to be while it is watched: one for each file that a glob matches. */
export interface SourceSet {
  /** The path or glob. */
  readonly name: string;
  /**
   * Each source once, as its file appears, until the signal is aborted. Does not wait for sources to be read. `looked` is
   * called once all are given that are there already.
   */
  sources(signal: AbortSignal, looked?: () => void): AsyncIterable<Source>;
}
