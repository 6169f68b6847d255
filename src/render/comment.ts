import { basenameOf } from '../profile/exe.ts';
import type { Profile, Reason, Rule, Unlisted } from '../profile/profile.ts';
import type { Action } from './format.ts';

/** Lines that stand at the head of a profile, for formats that have comments: of what it is, and what it leaves out. */
export function heading(profile: Profile, action: Action): readonly string[] {
  const { policy, rules, runs, records, lost, denied, foreign } = profile;
  const missing = lost === undefined ? 'an unknown number lost' : `${lost === 0 ? '' : 'at most '}${lost} lost`;
  return [
    `${rules.length} system calls of ${policy.exe} on ${policy.abi}, by profiler`,
    `from ${runs.length} ${runs.length === 1 ? 'run' : 'runs'} of stage ${policy.stage}, ${records} records, ${missing}`,
    `any other call ${action === 'kill' ? 'kills the process' : `fails with ${action.toUpperCase()}`}`,
    ...(denied.length > 0 ? [`refused by a filter, and not added: ${names(denied)}`] : []),
    ...(foreign.length > 0 ? [`seen on another ABI, and not added: ${names(foreign)}`] : []),
  ].map(oneLine);
}

/** Why a call is on the list, on one line, times in UTC. */
export function reasonText({ reason }: Pick<Rule, 'reason'>): string {
  return oneLine(told(reason));
}

function told(reason: Reason): string {
  switch (reason.kind) {
    case 'observed': {
      const { count, runs, ofRuns, newIn, sampleSerial, lastMs, exes } = reason;
      const seen = `seen ${count} ${count === 1 ? 'time' : 'times'} in ${runs + newIn} of ${ofRuns + newIn} runs`;
      return `${seen}, last ${day(lastMs)}, serial ${sampleSerial}, by ${exes.map(basenameOf).join(' ')}`;
    }
    case 'implied':
      return `${reason.rule}: ${reason.why}`;
    case 'variant':
      return `${reason.rule} of ${reason.of}: ${reason.why}`;
    case 'manual':
      return `${reason.who}, ${day(reason.atMs)}: ${reason.why}`;
  }
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** No word of a person or a log ends a comment, continues its line (a backslash at the end) or steers a terminal. */
function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')
    .replaceAll('*/', '* /')
    .replace(/\\+$/, '');
}

function names(calls: readonly Unlisted[]): string {
  return [...new Set(calls.map(({ name, nr }) => name ?? String(nr)))].sort().join(' ');
}
