import type { RecordPage } from '../record/page.ts';
import { MARKERS_FROM } from './marker.ts';
import { KILL_PROCESS, Turnings } from './turning.ts';

/**
 * Cuts calls into bursts: consecutive events of one process and one tick, none of which makes it another process or is a
 * run's marker. Whatever is asked about one record of a burst has the same answer for all, so that it is asked once.
 */
export class Bursts {
  readonly #turnings = new Turnings();

  /** Where the burst that begins at `from` ends, `end` at most. */
  endOf(page: RecordPage, from: number, end: number): number {
    let at = from + 1;
    if (this.#isAlone(page, from)) return at;
    while (at < end && page.follows(at) && !this.#isAlone(page, at)) at++;
    return at;
  }

  #isAlone(page: RecordPage, at: number): boolean {
    const nr = page.nr(at);
    return (
      nr >= MARKERS_FROM || page.code(at) === KILL_PROCESS || this.#turnings.of(page.archToken(at), nr) !== undefined
    );
  }
}
