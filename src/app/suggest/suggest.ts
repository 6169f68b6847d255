import { RefusedError } from '../../errors.ts';
import type { AbiName } from '../../kernel/abi.ts';
import type { Run } from '../../observe/run.ts';
import type { Stage } from '../../observe/tally.ts';
import { mixedPrograms } from '../../profile/mixed.ts';
import { defaultPoint } from '../../profile/point.ts';
import type { Policy, Profile } from '../../profile/profile.ts';
import { synthesize } from '../../profile/synthesize.ts';
import type { SourceCursor, Store } from '../../store/store.ts';
import { quoted } from '../quoted.ts';
import { findSubject, type Subject, type SubjectRequest } from './subject.ts';

export interface SuggestRequest extends SubjectRequest {
  /** Undefined: the newest run's. */
  readonly stage: Stage | undefined;
  readonly children: boolean;
  readonly abi: AbiName;
}

export interface Suggestion {
  readonly profile: Profile;
  /** What an interpreter's runs ran, where they ran different programs. */
  readonly mixed: readonly string[];
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
  const ids = runs.map((run) => run.id);
  const { exe, role } = subject;
  const { children, trust, abi } = request;
  const policy: Policy = { exe, role, stage, point: defaultPoint(stage), children, trust, abi };
  const profile = synthesize(runs, subject.tallies, store.losses(ids), policy, store.args(ids));
  if (profile.rules.length === 0) throw noList(profile, store.sources(), request);
  return { profile, mixed: mixedPrograms(runs), otherStages };
}

interface Choice {
  readonly runs: readonly Run[];
  readonly stage: Stage;
  readonly otherStages: Suggestion['otherStages'];
}

/**
 * Stages are never merged: the asked one, or the newest run's. Runs of stage `unknown` serve for any stage that is asked
 * for and has no runs of its own: the person knows how they were made.
 */
function chooseStage({ exe, runs, stageOf }: Subject, request: SuggestRequest): Choice {
  const stages = [...new Set(runs.map(stageOf))];
  const newest = stages[0] ?? 'unknown';
  const wanted = request.stage ?? newest;
  const from = stages.includes(wanted) ? wanted : 'unknown';
  if (!stages.includes(from)) {
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
