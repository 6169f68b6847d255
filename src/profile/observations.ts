import { abiByName, abiOf } from '../kernel/abi.ts';
import type { Run, RunTally } from '../observe/run.ts';
import { atLeast } from '../record/trust.ts';
import { isSameExe } from './exe.ts';
import { isListable } from './listable.ts';
import type { Policy } from './profile.ts';

/** A call that was logged being made, and how often. */
export interface Observation {
  readonly archToken: number;
  readonly nr: number;
  readonly count: number;
}

/** SECCOMP_RET_LOG: the call was made. */
const LOG = 0x7ffc_0000;

/**
 * All that a list by this policy must let through, from the tallies themselves and not from the list: what these runs were
 * logged making on the policy's ABI, by records of its trust.
 */
export function observationsOf(
  runs: readonly Run[],
  tallies: readonly RunTally[],
  policy: Policy,
): readonly Observation[] {
  const modes = new Map(runs.map((run) => [run.id, run.mode]));
  const abi = abiByName(policy.abi);
  return tallies.filter((tally) => {
    const mode = modes.get(tally.runId);
    const isOwn = isSameExe(tally.exe, policy.exe);
    const isMeant = policy.role === 'program' || isOwn;
    // Without children only what the program itself made counts, and a `known` run does not tell who made a call.
    const counts = mode !== undefined && isMeant && (policy.children || (isOwn && mode === 'full'));
    const isNative = abiOf(tally.archToken, tally.nr)?.abi === policy.abi;
    return counts && isNative && isListable(abi, tally.nr) && tally.code === LOG && atLeast(tally.trust, policy.trust);
  });
}
