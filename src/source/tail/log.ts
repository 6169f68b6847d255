import type { Stats } from 'node:fs';
import type { Place } from './place.ts';

/** What one look into a file found. */
export type Look =
  | { readonly kind: 'lines'; readonly chunk: Buffer; readonly hole: number }
  | { readonly kind: 'nothing' }
  /** What stood before the offset is no longer there: emptied, or written anew. */
  | { readonly kind: 'changed' }
  /** No more will come: packed files only. `why`: it is damaged. */
  | { readonly kind: 'ended'; readonly why: string | undefined };

/** One log file that is open, whatever its name is now. */
export interface OpenLog {
  /** The name that it was opened by. */
  readonly path: string;
  /** Of what was opened, as of the last look. */
  readonly owner: Pick<Stats, 'uid' | 'mode'>;
  readonly place: Place;
  /** As of the last look. */
  readonly mtimeMs: number;
  /** It grows no more. */
  readonly packed: boolean;
  look(): Promise<Look>;
  /** The half line that stands last, which nobody ended, with a newline of ours; undefined where there is none. */
  rest(): Promise<Buffer | undefined>;
  close(): Promise<void>;
}

/**
 * `same`: what stood before the position stands there; `shorter`: an earlier copy, of which there is nothing left to read;
 * `gone`: the name bears another file by now, or none.
 */
export type Fit = 'same' | 'shorter' | 'other' | 'gone';
