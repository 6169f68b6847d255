import type { AbiName } from '../kernel/abi.ts';
import type { Loss, Stage } from '../observe/tally.ts';
import type { Trust } from '../record/trust.ts';
import type { Advice } from './checklist.ts';
import type { Closure } from './closure/rule.ts';
import type { Untranslated } from './closure/translate.ts';
import type { Confidence } from './confidence.ts';
import type { Point } from './point.ts';
import type { Manual, Observed, Reason, Seen } from './reason.ts';

export type { Manual, Observed, Reason, Seen } from './reason.ts';

/** What the evidence is to be made into: options are values, so that a profile says what it was made by. */
export interface Policy {
  /** The program's path, printable text. */
  readonly exe: string;
  /**
   * `program`: runs of the program itself; `child`: it was only seen as a child of other programs' runs, whose filter was
   * there before its execve, so that its whole start was logged, as under the launcher.
   */
  readonly role: 'program' | 'child';
  /** The stage that the list is for: the runs', or the person's word for runs of stage `unknown`. */
  readonly stage: Stage;
  /** Who will load the filter, and so where it begins; undefined where the stage is unknown and nobody said. */
  readonly point: Point | undefined;
  /** How far the list reaches beyond what was seen. */
  readonly closure: Closure;
  /** Calls of the programs that it starts belong to the list: they inherit the filter. */
  readonly children: boolean;
  /** Records that are trusted less do not widen the list. */
  readonly trust: Trust;
  /** The ABI that the list is for; calls on others are `foreign`. */
  readonly abi: AbiName;
}

export interface Rule {
  /** The name on the list, or undefined where the table has none: then its number is. */
  readonly name: string | undefined;
  readonly nr: number;
  readonly archToken: number;
  readonly reason: Reason;
}

/** A call that the program needs and that the list need not hold: the point of injection always allows it. */
export interface Granted {
  readonly rule: Rule;
  /** What allows it: `systemd @default (v256)`. */
  readonly by: string;
}

/** A call that a person refused: it stays off the list whatever was seen or a rule asks for. */
export interface Refused {
  /** Its name, or its number where the table has none. */
  readonly call: string;
  readonly reason: Manual;
  /** What was seen of it all the same; undefined where nothing was. */
  readonly seen: Observed | undefined;
}

/** A list that was learned on another ABI. */
export interface TranslatedFrom {
  readonly abi: AbiName;
  readonly untranslated: readonly Untranslated[];
}

/** A call that is not on the list: `abi` is undefined where the token is in no table. */
export interface Unlisted extends Seen {
  readonly name: string | undefined;
  readonly nr: number;
  readonly archToken: number;
  readonly abi: AbiName | undefined;
}

export interface Denied extends Unlisted {
  /** SECCOMP_RET_* action that it met. */
  readonly code: number;
}

export interface RunSummary {
  readonly id: number;
  readonly kind: 'observed' | 'inferred';
  readonly mode: 'full' | 'known';
  readonly stage: Stage;
  readonly name: string | undefined;
  readonly startedMs: number;
  readonly records: number;
  /** Records that are missing; undefined where nobody knows how many. */
  readonly lost: number | undefined;
  /** Why not every call of the run can be here, or undefined. */
  readonly incomplete: string | undefined;
}

/** The profile document; `suggest --json` prints it. */
export interface Profile {
  readonly schema: 2;
  readonly policy: Policy;
  readonly runs: readonly RunSummary[];
  /** Records that speak for a rule, of runs that logged every call. */
  readonly records: number;
  /** The same by their trust. */
  readonly recordsBy: Readonly<Record<Trust, number>>;
  readonly rules: readonly Rule[];
  /** Taken out of the list, because the point allows them anyway; empty but for point `systemd`. */
  readonly granted: readonly Granted[];
  /** Denied by hand. */
  readonly refused: readonly Refused[];
  /** What the closure `libc` would add, where the list has none. */
  readonly offered: readonly Rule[];
  /** Undefined: the calls were seen on the list's own ABI. */
  readonly translation: TranslatedFrom | undefined;
  /** Calls on another ABI: logged while learning, killed when enforced. */
  readonly foreign: readonly Unlisted[];
  /** Numbers that no kernel has and no list can hold (POLICY_NR_MAX): -1, 5000. */
  readonly unlistable: readonly Unlisted[];
  readonly confidence: Confidence;
  /** What no run has tried. */
  readonly checklist: readonly Advice[];
  /** Calls that a filter refused; not on the list unless another run was logged making them. */
  readonly denied: readonly Denied[];
  /** Calls that only records below the policy's trust show. */
  readonly untrusted: readonly Unlisted[];
  /** Records below the policy's trust. */
  readonly untrustedRecords: number;
  /** Calls left out because only children made them (policy.children is false), or only `known` runs show them. */
  readonly leftOut: readonly Unlisted[];
  readonly losses: readonly Loss[];
  /** Their sum, at most; undefined where nobody knows how many. */
  readonly lost: number | undefined;
}
