import { realpathSync } from 'node:fs';
import { RefusedError, UsageError } from '../../errors.ts';
import type { AbiName } from '../../kernel/abi.ts';
import { elfOfFile } from '../../launch/file.ts';
import { nativePart } from '../../launch/native.ts';
import { type Launch, type LaunchRequest, type LaunchStage, planLaunch } from '../../launch/plan.ts';
import type { Caller } from '../../launch/privileges.ts';
import { inspectProgram, type ProgramFacts } from '../../launch/program.ts';
import { whyLaunchFails } from '../../launch/prove.ts';
import type { Env } from '../../launch/run.ts';
import type { Closure } from '../../profile/closure/rule.ts';
import { isSameExe } from '../../profile/exe.ts';
import type { Profile } from '../../profile/profile.ts';
import { objections } from '../../profile/strict.ts';
import { printable } from '../../record/name.ts';
import { additions } from '../../render/additions.ts';
import { allowlist } from '../../render/env.ts';
import { evidence } from '../../render/evidence.ts';
import { mixture } from '../../render/mixture.ts';
import type { Store } from '../../store/store.ts';
import { nativeAbi } from '../native-abi.ts';
import { quoted } from '../quoted.ts';
import { type Suggestion, suggest } from '../suggest/suggest.ts';
import { changedSince } from './changed-since.ts';
import { scriptOf } from './script.ts';

export interface EnforceRequest {
  readonly argv: readonly string[];
  /** Ways to write the program whose list is meant; undefined: the program that argv names. */
  readonly exe: readonly string[] | undefined;
  readonly name: string | undefined;
  readonly stage: LaunchStage | undefined;
  readonly strict: boolean;
  readonly closure: Closure;
  /** CMD may be another program than the one that the list was learned from. */
  readonly anyProgram: boolean;
  readonly env: Env;
  readonly caller: Caller;
  /** Options that a printed command must repeat: `--db FILE `, or ''. */
  readonly again: string;
}

/** What is to be started, and under which list. */
export interface Enforcement {
  readonly launch: Launch;
  readonly stage: LaunchStage;
  readonly profile: Profile;
  /** Why the list may not be enough, a line each. */
  readonly warnings: readonly string[];
}

/**
 * Plans to run a program under its list. Refused (125, or 126 and 127 as env(1)) wherever it would run without a filter
 * or with one that was not learned for it, with the cause and what to do.
 */
export async function enforce(store: Store, request: EnforceRequest): Promise<Enforcement> {
  const [name] = request.argv;
  if (name === undefined) throw new UsageError('enforce: want a program: profiler enforce -- CMD [ARG]…');
  const program = inspectProgram(name, request.env, request.caller);
  const { launch, stage, suggestion } = chooseLaunch(store, program, request);
  const { profile } = suggestion;
  const runs = store.runs({ ids: profile.runs.map((run) => run.id) });
  const changed = await changedSince(runs, program);
  const against = request.strict ? [...changed, ...objections(profile)] : [];
  if (against.length > 0) throw refused(`--strict: ${against.join('; ')}`);
  const remarks = [...mixture(profile.policy.exe, suggestion.mixed), ...evidence(profile), ...additions(profile)];
  const warnings = remarks.filter((remark) => remark.kind === 'warning');
  return { launch, stage, profile, warnings: [...changed, ...warnings.map((remark) => remark.text)] };
}

interface Chosen {
  readonly launch: Launch;
  readonly stage: LaunchStage;
  readonly suggestion: Suggestion;
}

/**
 * Evidence of a stage is enforced at that stage and no other. The newest run's comes first; where the program cannot be
 * started so, another stage that there is evidence of may do, unless the person named one.
 */
function chooseLaunch(store: Store, program: ProgramFacts, request: EnforceRequest): Chosen {
  requireLaunchable(program, request);
  const first = lookUp(store, program, request, request.stage);
  requireSame(first.profile.policy.exe, program, request);
  const others = request.stage === undefined ? first.otherStages.map((other) => other.stage) : [];
  let cause: string | undefined;
  for (const stage of [first.profile.policy.stage, ...others]) {
    if (stage === 'unknown') {
      cause ??= 'was learned from a log that does not tell the stage: want --stage preload or --stage launcher';
      continue;
    }
    const suggestion = stage === first.profile.policy.stage ? first : lookUp(store, program, request, stage);
    const attempt = tryLaunch(launchRequest(program, request, stage, suggestion.profile));
    if (attempt.kind === 'launch') return { launch: attempt, stage, suggestion };
    cause ??= `${attempt.cause}${otherWay(program, request, stage)}`;
  }
  throw refused(`${printable(program.exe)} ${cause}`);
}

/** No evidence helps a program that cannot be started under a filter at all. */
function requireLaunchable(program: ProgramFacts, request: EnforceRequest): void {
  const plans = (['preload', 'launcher'] as const).map((stage) =>
    planLaunch(launchRequest(program, request, stage, undefined)),
  );
  const [, launcher] = plans;
  if (plans.every((plan) => plan.kind === 'refused') && launcher?.kind === 'refused') {
    throw refused(`${printable(program.exe)} ${launcher.cause}`);
  }
}

function lookUp(
  store: Store,
  program: ProgramFacts,
  request: EnforceRequest,
  stage: LaunchStage | undefined,
): Suggestion {
  try {
    return suggest(store, {
      exe: request.exe ?? ownNames(program),
      name: request.name,
      runIds: undefined,
      stage,
      point: undefined,
      closure: request.closure,
      children: true,
      trust: 'file',
      abi: ownAbi(),
      again: request.again,
    });
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    throw refused(`${error.message}${stage === undefined ? '' : `; ${observeCommand(request, stage)}`}`, error);
  }
}

/** What the list of a command is stored under. A script has its own: its interpreter's other scripts are other programs. */
function ownNames(program: ProgramFacts): readonly string[] {
  const script = scriptOf(program);
  return script === undefined ? [printable(program.exe)] : [script, printable(realpathSync(program.path))];
}

function tryLaunch(request: LaunchRequest): ReturnType<typeof planLaunch> {
  const plan = planLaunch(request);
  if (plan.kind === 'refused') return plan;
  const cause = whyLaunchFails(plan, request);
  return cause === undefined ? plan : { kind: 'refused', cause };
}

function launchRequest(
  program: ProgramFacts,
  { argv, env }: Pick<EnforceRequest, 'argv' | 'env'>,
  stage: LaunchStage,
  profile: Profile | undefined,
): LaunchRequest {
  return {
    program,
    argv,
    stage,
    mode: 'enforce',
    allow: profile ? allowlist(profile) : [],
    libsandbox: nativePart('libsandbox.so'),
    sandboxify: nativePart('sandboxify'),
    nativeToken: nativeToken(),
    preloaded: env['LD_PRELOAD'],
  };
}

/** The command that learns for the other stage, where the program could be started at that. */
function otherWay(program: ProgramFacts, request: EnforceRequest, stage: LaunchStage): string {
  const other = stage === 'preload' ? 'launcher' : 'preload';
  if (tryLaunch(launchRequest(program, request, other, undefined)).kind === 'refused') return '';
  return `; its list was learned for stage ${stage}: ${observeCommand(request, other)}`;
}

function observeCommand({ argv, again }: EnforceRequest, stage: LaunchStage): string {
  const words = argv.map((word) => quoted(printable(word))).join(' ');
  return `learn for stage ${stage} by: profiler observe ${again}--stage ${stage} -- ${words}`;
}

function requireSame(learned: string, program: ProgramFacts, request: EnforceRequest): void {
  const exe = printable(program.exe);
  if (request.anyProgram || isSameExe(learned, exe)) return;
  throw refused(
    `the list was learned from ${learned}, but ${quoted(printable(request.argv[0] ?? ''))} runs ${exe}; --any-program allows that`,
  );
}

function ownAbi(): AbiName {
  const abi = nativeAbi();
  if (abi === undefined) throw refused(`no table has the calls of this machine (${process.arch})`);
  return abi;
}

function nativeToken(): number {
  return elfOfFile(process.execPath).archToken;
}

function refused(message: string, cause?: unknown): RefusedError {
  return new RefusedError(message, { exitCode: 125, cause });
}
