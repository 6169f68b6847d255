import { type Abi, numbersOf, syscallName } from '../kernel/abi.ts';
import type { Call, Filter, Verdict } from './filter.ts';

/** A call that was logged being made, and how often. */
export interface Observation extends Call {
  readonly count: number;
}

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
  const met = (verdict: Verdict) => observations.filter((one) => filter.verdict(one) === verdict).map(named).sort(byNumber);
  const table = [...numbersOf(abi)].map(([name, nr]) => ({ name, archToken: abi.token, nr: nr + abi.base }));
  const open = table.filter((call) => filter.verdict(call) !== 'deny');
  const seen = new Set(observations.map(({ archToken, nr }) => `${archToken} ${nr}`));
  return {
    observed: observations.reduce((sum, { count }) => sum + count, 0),
    denied: met('deny'),
    conditional: met('conditional'),
    calls: table.length,
    callsDenied: table.length - open.length,
    neverSeen: open.filter(({ archToken, nr }) => !seen.has(`${archToken} ${nr}`)).map(({ name }) => name).sort(),
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

function named({ archToken, nr, count }: Observation): Denial {
  return { archToken, nr, count, name: syscallName(archToken, nr) };
}

function byNumber(a: Denial, b: Denial): number {
  return a.archToken - b.archToken || a.nr - b.nr;
}
