import type { Stage } from '../observe/tally.ts';
import { isSameExe } from './exe.ts';

/** What a person said of one call of a program; one stands for a program, stage and call. */
export interface Decision {
  /** The program's path, printable text. */
  readonly exe: string;
  /** The stage that it is for; undefined: every one. */
  readonly stage: Stage | undefined;
  /** As it stands on a list: its name, or its number where no table has it. */
  readonly call: string;
  readonly verdict: 'allow' | 'deny';
  /** Login name, or the uid where it has none: printable text. */
  readonly who: string;
  readonly uid: number;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly why: string;
}

/** Those that hold for a program at a stage, by call. Where one is for the stage and one for all, a denial counts. */
export function decisionsFor(all: readonly Decision[], exe: string, stage: Stage): ReadonlyMap<string, Decision> {
  const found = new Map<string, Decision>();
  for (const decision of all) {
    if (!isSameExe(decision.exe, exe) || (decision.stage !== undefined && decision.stage !== stage)) continue;
    if (found.get(decision.call)?.verdict !== 'deny') found.set(decision.call, decision);
  }
  return found;
}
