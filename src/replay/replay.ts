import { type Abi, numbersOf, syscallName } from '../kernel/abi.ts';
import type { Observation } from '../profile/observations.ts';
import type { Filter, Verdict } from './filter.ts';

export interface Denial extends Observation {
  readonly name: string | undefined;
}

export interface Replay {
  /** Calls that were made, by their records. */
  readonly observed: number;
  /** Of these the ones that the filter would not have let through, by number. */
  readonly denied: readonly Denial[];
  /** Of these the ones that it would have let through under conditions only. */
  readonly conditional: readonly Denial[];
  /** System calls that the ABI has, and how many of them the filter denies. */
  readonly calls: number;
  readonly callsDenied: number;
  /** Names of calls of the ABI that the filter allows, with or without conditions, and that were never made. */
  readonly neverSeen: readonly string[];
}

/** Runs every observed call, and then every call that the ABI has, through a filter. */
export function replay(filter: Filter, observations: readonly Observation[], abi: Abi): Replay {
  const calls = byCall(observations);
  const met = (verdict: Verdict) => calls.filter((one) => filter.verdict(one) === verdict);
  const table = [...numbersOf(abi)].map(([name, nr]) => ({ name, archToken: abi.token, nr: nr + abi.base }));
  const open = table.filter((call) => filter.verdict(call) !== 'deny');
  const seen = new Set(calls.map(({ archToken, nr }) => `${archToken} ${nr}`));
  return {
    observed: observations.reduce((sum, { count }) => sum + count, 0),
    denied: met('deny'),
    conditional: met('conditional'),
    calls: table.length,
    callsDenied: table.length - open.length,
    neverSeen: open
      .filter(({ archToken, nr }) => !seen.has(`${archToken} ${nr}`))
      .map(({ name }) => name)
      .sort(),
  };
}

/** `0 of 41,207 observed calls denied; 331 of 335 system calls denied`. */
export function replayText({ observed, denied, calls, callsDenied }: Replay): string {
  const refused = denied.reduce((sum, { count }) => sum + count, 0);
  return `${grouped(refused)} of ${grouped(observed)} observed calls denied; ${callsDenied} of ${calls} system calls denied`;
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

/** One of each call with the sum of its counts, by number. */
function byCall(observations: readonly Observation[]): readonly Denial[] {
  const calls = new Map<string, Denial>();
  for (const { archToken, nr, count } of observations) {
    const key = `${archToken} ${nr}`;
    calls.set(key, { archToken, nr, name: syscallName(archToken, nr), count: (calls.get(key)?.count ?? 0) + count });
  }
  return [...calls.values()].sort((a, b) => a.archToken - b.archToken || a.nr - b.nr);
}
