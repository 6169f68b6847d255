import { RefusedError } from '../../errors.ts';
import { type AbiName, abiOf } from '../../kernel/abi.ts';
import type { Run } from '../../observe/run.ts';
import type { Stage } from '../../observe/tally.ts';
import type { Closure } from '../../profile/closure/rule.ts';
import { translateProfile } from '../../profile/closure/translate-profile.ts';
import { complete } from '../../profile/complete.ts';
import { decisionsFor } from '../../profile/decision.ts';
import { type Difference, differences } from '../../profile/differences.ts';
import { mixedPrograms } from '../../profile/mixed.ts';
import { defaultPoint, type Point, stageFor } from '../../profile/point.ts';
import type { Policy, Profile } from '../../profile/profile.ts';
import { synthesize } from '../../profile/synthesize.ts';
import type { SourceCursor, Store } from '../../store/store.ts';
import { quoted } from '../quoted.ts';
import { findSubject, type Subject, type SubjectRequest } from './subject.ts';

export interface SuggestRequest extends SubjectRequest {
  /** Undefined: the one that covers the point, or else the newest run's. */
  readonly stage: Stage | undefined;
  /** Who will load the filter; undefined: libsandbox.so or sandboxify, by the stage. */
  readonly point: Point | undefined;
  readonly closure: Closure;
  readonly children: boolean;
  readonly abi: AbiName;
}

export interface Suggestion {
  readonly profile: Profile;
  /** What an interpreter's runs ran, where they ran different programs. */
  readonly mixed: readonly string[];
  /** In what its runs differ, kernel or host, and what each kind brought. */
  readonly differences: readonly Difference[];
  /** Other stages that there is evidence for, with their runs. */
  readonly otherStages: readonly { readonly stage: Stage; readonly runs: number }[];
}

/**
 * The shortest list that was seen to be enough for a program. Throws UsageError where the request is ambiguous or asks
 * for what is not there, RefusedError where nothing, or nothing that can be trusted, was seen.
 */
export function suggest(store: Store, request: SuggestRequest): Suggestion {
  const subject = findSubject(store, request);
  const { runs, stage, otherStages } = chooseStage(subject, request);
  const { exe, role } = subject;
  const { children, trust, closure, point = defaultPoint(stage) } = request;
  const abi = seenAbi(subject, request);
  const policy: Policy = { exe, role, stage, point, closure, children, trust, abi };
  const ids = runs.map((run) => run.id);
  const seen = synthesize(runs, subject.tallies, store.losses(ids), policy, store.args(ids));
  if (seen.rules.length === 0) throw noList(seen, store.sources(), request);
  const own = abi === request.abi ? seen : translateProfile(seen, request.abi);
  const libcs = runs.some((run) => run.libc === undefined) ? [] : runs.flatMap((run) => run.libc ?? []);
  const profile = complete(own, decisionsFor(store.decisions(), exe, stage), libcs);
  if (profile.rules.length + profile.granted.length === 0) throw allDenied(profile);
  return { profile, mixed: mixedPrograms(runs), differences: differences(runs, subject.tallies), otherStages };
}

/** The ABI that the calls were made on: another one's serve only where they are to be translated, and none are its own. */
function seenAbi({ tallies }: Subject, { abi, closure }: SuggestRequest): AbiName {
  if (closure !== 'portable') return abi;
  const records = new Map<AbiName, number>();
  for (const { archToken, nr, count } of tallies) {
    const made = abiOf(archToken, nr)?.abi;
    if (made !== undefined) records.set(made, (records.get(made) ?? 0) + count);
  }
  if (records.has(abi)) return abi;
  const [most] = [...records].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? abi;
}

function allDenied({ policy, refused }: Profile): RefusedError {
  const calls = refused.map(({ call }) => call).join(' ');
  return new RefusedError(
    `${policy.exe}: every call that was seen is denied by hand: profiler deny --exe ${quoted(policy.exe)} --remove ${calls}`,
  );
}

interface Choice {
  readonly runs: readonly Run[];
  readonly stage: Stage;
  readonly otherStages: Suggestion['otherStages'];
}

/**
 * Stages are never merged: the asked one, the one that covers the point, or the newest run's. Runs of stage `unknown` serve
 * for any stage that is asked for and has no runs of its own: the person knows how they were made.
 */
function chooseStage({ exe, runs, stageOf }: Subject, request: SuggestRequest): Choice {
  const stages = [...new Set(runs.map(stageOf))];
  const { point } = request;
  if (point !== undefined && request.stage === 'preload' && stageFor(point) === 'launcher') {
    throw uncovered(exe, runs, point, request);
  }
  const newest = stages[0] ?? 'unknown';
  const wanted = request.stage ?? (point === undefined ? newest : stageFor(point));
  const from = stages.includes(wanted) ? wanted : 'unknown';
  if (!stages.includes(from)) {
    if (point !== undefined) throw uncovered(exe, runs, point, request);
    const there = stages.map((stage) => `${stage} (runs: ${runs.filter((run) => stageOf(run) === stage).length})`);
    throw new RefusedError(`${exe}: no run of stage ${wanted} is stored; there is ${there.join(', ')}`);
  }
  const others = stages.filter((stage) => stage !== from);
  return {
    runs: runs.filter((run) => stageOf(run) === from),
    stage: wanted,
    otherStages: others.map((stage) => ({ stage, runs: runs.filter((run) => stageOf(run) === stage).length })),
  };
}

/** A filter that is there from execve on needs what the loader calls, which a run that was filtered later does not show. */
function uncovered(exe: string, runs: readonly Run[], point: Point, { again }: SuggestRequest): RefusedError {
  const stage = stageFor(point);
  const where = stage === 'launcher' ? 'from execve on' : 'after the loader';
  const [argv0 = exe, ...rest] = runs.find((run) => run.argv.length > 0)?.argv ?? [];
  const words = [argv0.startsWith('/') ? argv0 : exe, ...rest];
  const observe = `profiler observe ${again}--stage ${stage} -- ${words.map(quoted).join(' ')}`;
  return new RefusedError(
    `${exe}: point ${point} takes what was seen ${where}, and no run of stage ${stage} is stored: observe it by: ${observe}`,
  );
}

/** Why there is no list, what there is instead, and what to do. */
function noList(profile: Profile, sources: readonly SourceCursor[], request: SuggestRequest): RefusedError {
  const { exe, abi, stage } = profile.policy;
  const again = `profiler suggest ${request.again}--exe ${quoted(exe)}`;
  if (profile.untrusted.length > 0) return new RefusedError(forgeable(profile, sources, request, again));
  if (profile.foreign.length > 0) {
    const abis = [...new Set(profile.foreign.map((call) => call.abi ?? `arch ${call.archToken.toString(16)}`))];
    return new RefusedError(
      `${exe}: no call on ${abi} was seen, only on ${abis.join(', ')}; for those: ${again} --abi ${abis[0]}`,
    );
  }
  if (profile.unlistable.length > 0) {
    const numbers = profile.unlistable.map((call) => call.nr).join(', ');
    return new RefusedError(`${exe}: only calls with numbers that no list can hold were seen (${numbers})`);
  }
  if (profile.denied.length > 0) {
    return new RefusedError(
      `${exe}: only refused calls were seen, and they never widen a list: observe it in log mode`,
    );
  }
  if (profile.leftOut.length > 0) {
    return new RefusedError(`${exe}: none of the calls is known to be its own: leave --no-children out`);
  }
  return new RefusedError(`${exe}: its runs of stage ${stage} hold no records: observe it again`);
}

function forgeable(profile: Profile, sources: readonly SourceCursor[], request: SuggestRequest, again: string): string {
  const { exe, trust } = profile.policy;
  const calls = `${profile.untrustedRecords} records of ${profile.untrusted.length} calls`;
  if (trust === 'kernel') return `${exe}: all evidence (${calls}) is trusted less than kernel; to take it: ${again}`;
  return (
    `${exe}: all evidence (${calls}) is forgeable: any local user could have written it; to take it all the same: ` +
    `${again} --trust forgeable; or, if only root could write the log: ${importAgain(sources, request)}`
  );
}

/** The command that gives the word for the newest forgeable source; what a pipe brought must be piped again. */
function importAgain(sources: readonly SourceCursor[], { again }: SuggestRequest): string {
  const newest = sources.find((one) => one.trust === 'forgeable');
  if (newest?.source !== '-') {
    return `profiler import ${again}--trust file ${newest === undefined ? 'FILE' : quoted(newest.source)}`;
  }
  return newest.carrier === 'dmesg'
    ? `dmesg | profiler import ${again}--trust kernel -`
    : `profiler import ${again}--trust file - < FILE`;
}
