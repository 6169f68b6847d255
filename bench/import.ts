import { join } from 'node:path';
import type { Corpus } from './corpus.ts';
import { check, median, PROFILER, ROUNDS, removeDatabase, timed } from './harness.ts';

export interface Imported {
  /** Medians, in seconds. */
  readonly seconds: number;
  readonly peerSeconds: number;
  readonly peakMb: number;
}

/** Imports a corpus again and again, in turn with ripgrep's count of a pattern, and holds what was stored against the truth. */
export function importAgainst({ path, truth }: Corpus, pattern: string, folder: string): Imported {
  const db = join(folder, 'import.db');
  const rounds = Array.from({ length: ROUNDS + 1 }, () => {
    removeDatabase(db);
    return { ours: timed([...PROFILER, 'import', '--db', db, path]), peer: timed(['rg', '-c', pattern, path]) };
  });
  check(db, truth);
  // The first round warms the page cache.
  const counted = rounds.slice(1);
  return {
    seconds: median(counted.map(({ ours }) => ours.seconds)),
    peerSeconds: median(counted.map(({ peer }) => peer.seconds)),
    peakMb: Math.max(...rounds.map(({ ours }) => ours.peakMb)),
  };
}
