import type { Loss } from '../../observe/tally.ts';
import { printable } from '../../record/name.ts';

type Reason = Extract<Loss['reason'], `file-${string}`>;

/** Nobody knows how many lines a file held that could not be read. */
export function fileLoss(reason: Reason, text: string, fromMs?: number): Loss {
  const from = fromMs === undefined ? undefined : Math.floor(fromMs);
  return { reason, fromMs: from, toMs: undefined, certainty: 'unknown', count: undefined, text: printable(text) };
}
