import { readFileSync } from 'node:fs';
import { judge } from '../src/profile/confidence.ts';
import { Random } from './random.ts';

/** Which calls each of many recorded runs of a program made (test/fixtures/runs/record.ts). */
export interface Corpus {
  readonly program: string;
  readonly runs: readonly ReadonlySet<string>[];
}

export const PROGRAMS = ['sqlite3', 'git', 'curl', 'python3'] as const;

export function readCorpus(program: string): Corpus {
  const file = new URL(`../test/fixtures/runs/${program}.json`, import.meta.url);
  const { calls, runs } = JSON.parse(readFileSync(file, 'utf8')) as { calls: string[]; runs: number[][] };
  return { program, runs: runs.map((run) => new Set(run.map((index) => calls[index] ?? ''))) };
}

export interface Calibration {
  /** Runs that are learned from. */
  readonly size: number;
  /** Means over all draws: what was estimated, what was true, and the upper bound. */
  readonly estimate: number;
  readonly truth: number;
  readonly bound: number;
  /** How often the truth lay within the bound. */
  readonly coverage: number;
}

/**
 * Learns from `size` runs drawn with replacement, and compares what judge() says of the next with the truth: the share of
 * all recorded runs that have a call which the drawn ones lack, since the next would be drawn from the same.
 */
export function calibrate({ runs }: Corpus, size: number, draws: number, seed: number): Calibration {
  const random = new Random(seed);
  const next = () => random.next();
  const sums = { estimate: 0, truth: 0, bound: 0, covered: 0 };
  for (let draw = 0; draw < draws; draw++) {
    const drawn = Array.from({ length: size }, () => runs[Math.floor(runs.length * next())] ?? new Set<string>());
    const { chance = 1, chanceAtMost } = judge(
      drawn.map((calls) => ({ kind: 'full', calls })),
      false,
    );
    const known = new Set(drawn.flatMap((calls) => [...calls]));
    const truth = runs.filter((calls) => [...calls].some((call) => !known.has(call))).length / runs.length;
    sums.estimate += chance;
    sums.truth += truth;
    sums.bound += chanceAtMost;
    if (truth <= chanceAtMost) sums.covered++;
  }
  const { estimate, truth, bound, covered } = sums;
  return { size, estimate: estimate / draws, truth: truth / draws, bound: bound / draws, coverage: covered / draws };
}
