import type { Tally } from './tally.ts';

/** SECCOMP_RET_LOG (include/uapi/linux/seccomp.h). */
const LOG = 0x7ffc0000;
/** Numbers that a list can hold (native/policy.h POLICY_NR_MAX). */
const NR_END = 1024;

/**
 * The numbers that a run may be spared, because earlier runs of the same program and stage have logged them: calls of the
 * native ABI that the kernel itself told of. Ascending.
 */
export function knownNumbers(tallies: readonly Tally[], nativeToken: number): number[] {
  const known = tallies.filter(
    ({ archToken, nr, code, trust }) =>
      archToken === nativeToken && code === LOG && trust === 'kernel' && nr >= 0 && nr < NR_END,
  );
  return [...new Set(known.map(({ nr }) => nr))].sort((a, b) => a - b);
}

/** How many calls (ABI and number) of `now` are in none of `before`: what this run has added to the list. */
export function countNewCalls(before: readonly Tally[], now: readonly Tally[]): number {
  const seen = new Set(before.map(callKey));
  return new Set(now.map(callKey).filter((key) => !seen.has(key))).size;
}

function callKey({ archToken, nr }: Tally): string {
  return `${archToken} ${nr}`;
}
