import { RefusedError, UsageError } from '../../errors.ts';
import type { Run, RunTally } from '../../observe/run.ts';
import type { Stage } from '../../observe/tally.ts';
import { isSameExe, livingPath } from '../../profile/exe.ts';
import { type Candidate, candidatesFor } from '../../profile/subject.ts';
import { atLeast, type Trust } from '../../record/trust.ts';
import type { Store } from '../../store/store.ts';
import { quoted } from '../quoted.ts';

/** Which program is meant, and which of its runs. */
export interface SubjectRequest {
  /** Ways to write the one program that is meant: as typed (printable text), and as a resolved path. Empty: by name or ids. */
  readonly exe: readonly string[];
  readonly name: string | undefined;
  readonly runIds: readonly number[] | undefined;
  readonly trust: Trust;
  /** Options that a printed command must repeat: `--db FILE `, or ''. */
  readonly again: string;
}

/** The one program that a request means, with every run that tells of it. */
export interface Subject {
  readonly exe: string;
  readonly role: 'program' | 'child';
  /** Newest first. */
  readonly runs: readonly Run[];
  readonly tallies: readonly RunTally[];
  /** The stage that a run's evidence is for. A child's whole start was filtered, as under the launcher. */
  readonly stageOf: (run: Run) => Stage;
}

/** Throws UsageError for a wish that several programs fit, RefusedError where nothing was seen. */
export function findSubject(store: Store, request: SubjectRequest): Subject {
  const chosen = chosenRuns(store, request);
  const found = candidates(store, request, chosen);
  const evidenced = found.length > 1 ? trustworthy(store, found, request) : found;
  const exes = [...new Set(evidenced.map((candidate) => candidate.exe))].sort();
  const [first] = evidenced;
  if (!first) throw nothingSeen(request, chosen);
  if (exes.length > 1) {
    const wish = request.exe[0] ?? (request.name === undefined ? 'the runs' : `runs named ${request.name}`);
    throw new UsageError(`${wish} may be several programs; name one by --exe: ${exes.map(quoted).join(', ')}`);
  }
  const runs = runsOf(store, evidenced, request);
  const tallies = store.tallies(runs.map((run) => run.id));
  const stageOf = (run: Run): Stage => (first.role === 'child' ? 'launcher' : run.stage);
  return { exe: first.exe, role: first.role, runs, tallies, stageOf };
}

/** Runs that --run or --name chose; undefined where neither was given. */
function chosenRuns(store: Store, { runIds, name }: SubjectRequest): readonly Run[] | undefined {
  if (runIds === undefined && name === undefined) return undefined;
  const runs = store.runs({ ...(runIds && { ids: runIds }), ...(name !== undefined && { name }) });
  const missing = runIds?.filter((id) => !runs.some((run) => run.id === id)) ?? [];
  if (missing.length > 0) {
    const suffix = name === undefined ? '' : ` named ${name}`;
    throw new UsageError(`there is no run ${missing.join(', ')}${suffix}; see profiler runs`);
  }
  return runs;
}

function candidates(store: Store, request: SubjectRequest, chosen: readonly Run[] | undefined): readonly Candidate[] {
  const invocations = chosen?.map(({ exe, argv }) => ({ exe, argv0: argv[0] })) ?? store.invocations();
  if (request.exe.length === 0) {
    const exes = new Set(invocations.map(({ exe }) => livingPath(exe)));
    return [...exes].map((exe) => ({ exe, role: 'program', argv0: undefined }));
  }
  const tallied = chosen && store.tallies(chosen.map((run) => run.id)).map((tally) => tally.exe);
  return candidatesFor(request.exe, invocations, tallied ?? store.exes());
}

/** A name that only forged records bear must not make a wish ambiguous. */
function trustworthy(store: Store, found: readonly Candidate[], request: SubjectRequest): readonly Candidate[] {
  const kept = found.filter((candidate) => {
    const ids = runsOf(store, [candidate], request).map((run) => run.id);
    return store
      .tallies(ids)
      .some((tally) => atLeast(tally.trust, request.trust) && isSameExe(tally.exe, candidate.exe));
  });
  return kept.length > 0 ? kept : found;
}

function runsOf(store: Store, wanted: readonly Candidate[], { runIds, name }: SubjectRequest): Run[] {
  const chosen = { ...(runIds && { ids: runIds }), ...(name !== undefined && { name }) };
  const runs = wanted.flatMap(({ exe, role, argv0 }) =>
    [exe, `${exe} (deleted)`]
      .flatMap((path) => store.runs({ ...chosen, ...(role === 'child' ? { tallyExe: path } : { exe: path }) }))
      .filter((run) => argv0 === undefined || run.argv[0] === argv0),
  );
  const unique = [...new Map(runs.map((run) => [run.id, run])).values()];
  return unique.sort((a, b) => b.startedMs - a.startedMs || b.id - a.id);
}

function nothingSeen(request: SubjectRequest, chosen: readonly Run[] | undefined): RefusedError {
  const [exe] = request.exe;
  if (exe === undefined) return new RefusedError(`no run is named ${request.name}; see profiler runs`);
  const where = chosen ? ' in these runs' : '';
  const observe = `profiler observe ${request.again}-- ${quoted(exe)}`;
  return new RefusedError(`nothing was seen of ${exe}${where}: observe it by: ${observe}`);
}
