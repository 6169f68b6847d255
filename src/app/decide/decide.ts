import { RefusedError, UsageError } from '../../errors.ts';
import { abiByName, syscallNumber } from '../../kernel/abi.ts';
import { ABIS } from '../../kernel/tables.gen.ts';
import type { Stage } from '../../observe/tally.ts';
import type { Decision } from '../../profile/decision.ts';
import { isListable } from '../../profile/listable.ts';
import type { Store } from '../../store/store.ts';
import { quoted } from '../quoted.ts';
import { findSubject } from '../suggest/subject.ts';

export interface DecideRequest {
  readonly verdict: Decision['verdict'];
  /** Ways to write the one program that is meant: as typed (printable text), and as a resolved path. */
  readonly exe: readonly string[];
  readonly calls: readonly string[];
  /** Undefined: every stage. */
  readonly stage: Stage | undefined;
  readonly who: string;
  readonly uid: number;
  readonly nowMs: number;
  /** Printable text; undefined: the decision is taken back. */
  readonly why: string | undefined;
  /** Options that a printed command must repeat. */
  readonly again: string;
}

export interface Decided {
  readonly exe: string;
  readonly calls: readonly string[];
}

/**
 * Keeps a person's word on calls of a program, or takes it back. Throws UsageError for a call that no ABI has or a program
 * that is not clear, RefusedError where nothing was seen of it or there is nothing to take back.
 */
export function decide(store: Store, request: DecideRequest): Decided {
  const { verdict, stage, who, uid, nowMs: atMs, why, again } = request;
  for (const call of request.calls) requireCall(call);
  const { exe } = findSubject(store, { exe: request.exe, name: undefined, runIds: undefined, trust: 'file', again });
  const calls = [...new Set(request.calls)].sort();
  const decisions = calls.map((call) => ({ exe, stage, call, verdict, who, uid, atMs, why: why ?? '' }));
  if (why === undefined) remove(store, decisions, request);
  else store.decide(decisions);
  return { exe, calls };
}

function remove(store: Store, decisions: readonly Decision[], { verdict, stage }: DecideRequest): void {
  const missing = decisions.filter((one) => !store.decisions().some((kept) => isSame(kept, one)));
  const [first] = missing;
  if (first) {
    const where = stage === undefined ? '' : ` at stage ${stage}`;
    const calls = missing.map(({ call }) => call).join(', ');
    throw new RefusedError(
      `${first.exe}: nobody said ${verdict} of ${calls}${where}; see profiler explain --exe ${quoted(first.exe)}`,
    );
  }
  store.withdraw(decisions);
}

function isSame(a: Decision, b: Decision): boolean {
  return a.exe === b.exe && a.stage === b.stage && a.call === b.call && a.verdict === b.verdict;
}

/** A name of any ABI, since a list may be for another machine; or a number that a list can hold. */
function requireCall(call: string): void {
  const known = /^\d+$/.test(call)
    ? isListable(abiByName('x86_64'), Number(call))
    : ABIS.some((abi) => syscallNumber(abi, call) !== undefined);
  if (!known) throw new UsageError(`${quoted(call)}: want a system call's name, or a number from 0 to 1023`);
}
