import { upperBound } from './binomial.ts';

/**
 * How far a list can be trusted to be whole. `lossy`: records are missing, so nothing can be said; `thin`: too few runs to
 * say much; `likely`, `proven`: with 95 % certainty the next run needs a call that is not on the list in at most 30 %, at
 * most 5 % of all cases.
 */
export type Grade = 'proven' | 'likely' | 'thin' | 'lossy';

/** The certainty of every bound. */
export const LEVEL = 0.95;
const LIKELY = 0.3;
const PROVEN = 0.05;

/** What one run tells: its calls, or for a run that allowed what was known whether it brought a call that was not. */
export type RunOutcome =
  | { readonly kind: 'full'; readonly calls: ReadonlySet<string> }
  | { readonly kind: 'known'; readonly broughtNew: boolean };

export interface Confidence {
  readonly grade: Grade;
  /** The runs that the chance is taken from: those that logged every call, or those that allowed what was known. */
  readonly basis: 'full' | 'known';
  /** Runs of that kind that lost nothing and were seen to their end. */
  readonly runs: number;
  /** Of these, how many had a call that no other had (`full`) or that was not known before (`known`). */
  readonly novel: number;
  /** Estimate of the chance that the next independent run needs a call that no run has shown; undefined without runs. */
  readonly chance: number | undefined;
  /** Its upper bound at LEVEL; the lower one is 0: what was rare may all have been seen by now. */
  readonly chanceAtMost: number;
  /** Good–Turing: how many unseen calls the next run is expected to bring; undefined without full runs. */
  readonly unseenCalls: number | undefined;
  /** Runs in a row, up to the newest, that brought nothing new. */
  readonly quietRuns: number;
  /** Further runs without anything new that lead to the next grade; undefined at the best, or where losses stand against it. */
  readonly runsToNext: number | undefined;
}

/**
 * Judges a list by its runs, oldest first. Good–Turing on incidence: each of n runs is held against the other n - 1, and
 * the share of those that have a call of their own estimates the chance that a run brings one; by exchangeability it is
 * unbiased for n - 1 runs, and so on the high side for n. Its bound is the binomial one, widened as Esty has it (Annals of
 * Statistics 11, 1983): the chance itself varies with what was drawn, the more the more runs hang on a single other one.
 * bench/confidence.ts shows how often the bound holds.
 */
export function judge(outcomes: readonly RunOutcome[], isLossy: boolean): Confidence {
  const full = outcomes.flatMap((one) => (one.kind === 'full' ? [one.calls] : []));
  const known = outcomes.flatMap((one) => (one.kind === 'known' ? [one.broughtNew] : []));
  // The kind that there is more of, whatever came of it: a choice by the result would make the bound too small.
  const basis = known.length > full.length ? 'known' : 'full';
  const runs = basis === 'full' ? full.length : known.length;
  const singles = rarities(full);
  const novel = basis === 'full' ? singles.runs : known.filter(Boolean).length;
  const paired = basis === 'full' ? singles.paired : 0;
  const chanceAtMost = bound(novel, paired, runs);
  const grade = gradeOf(chanceAtMost, isLossy);
  return {
    grade,
    basis,
    runs,
    novel,
    chance: runs === 0 ? undefined : novel / runs,
    chanceAtMost,
    unseenCalls: full.length === 0 ? undefined : singles.calls / full.length,
    quietRuns: quietRuns(outcomes),
    runsToNext: isLossy ? undefined : runsToNext(novel, paired, runs, grade),
  };
}

function gradeOf(chanceAtMost: number, isLossy: boolean): Grade {
  if (isLossy) return 'lossy';
  if (chanceAtMost <= PROVEN) return 'proven';
  return chanceAtMost <= LIKELY ? 'likely' : 'thin';
}

/** In Esty's variance of f1/n, f1(1 - f1/n) + 2 f2, the first term is the binomial one; 2 f2 are the paired runs. */
function bound(novel: number, paired: number, runs: number): number {
  if (runs === 0) return 1;
  const chance = novel / runs;
  const widening = Math.sqrt(1 + paired / Math.max(1, novel * (1 - chance)));
  return Math.min(1, chance + widening * (upperBound(novel, runs, LEVEL) - chance));
}

interface Rarities {
  /** Calls that one run alone has shown. */
  readonly calls: number;
  /** Runs that have such calls. */
  readonly runs: number;
  /** Runs that have none, but a call that only one other has: they would, were that one not there. */
  readonly paired: number;
}

function rarities(runs: readonly ReadonlySet<string>[]): Rarities {
  const times = new Map<string, number>();
  for (const calls of runs) for (const call of calls) times.set(call, (times.get(call) ?? 0) + 1);
  const rarest = runs.map((calls) => Math.min(...[...calls].map((call) => times.get(call) ?? 0)));
  return {
    calls: [...times.values()].filter((count) => count === 1).length,
    runs: rarest.filter((count) => count === 1).length,
    paired: rarest.filter((count) => count === 2).length,
  };
}

function quietRuns(outcomes: readonly RunOutcome[]): number {
  const seen = new Set<string>();
  let quiet = 0;
  for (const outcome of outcomes) {
    const isNew = outcome.kind === 'known' ? outcome.broughtNew : [...outcome.calls].some((call) => !seen.has(call));
    if (outcome.kind === 'full') for (const call of outcome.calls) seen.add(call);
    quiet = isNew ? 0 : quiet + 1;
  }
  return quiet;
}

/** Past this many, a run that brought something new has to be explained and not outnumbered. */
const MANY = 10_000;

function runsToNext(novel: number, paired: number, runs: number, grade: Grade): number | undefined {
  if (grade === 'proven') return undefined;
  const wanted = grade === 'thin' ? LIKELY : PROVEN;
  // The first run is new in all that it does; one that brings nothing more takes that away.
  const held = runs === 1 ? 0 : novel;
  const stillPaired = runs <= 2 ? 0 : paired;
  let [low, high] = [1, MANY];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (bound(held, stillPaired, runs + middle) <= wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}
