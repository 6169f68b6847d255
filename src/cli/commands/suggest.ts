import { nativeAbi } from '../../app/native-abi.ts';
import { quoted } from '../../app/quoted.ts';
import { type Emission, emit } from '../../app/suggest/emit.ts';
import { type Suggestion, type SuggestRequest, suggest } from '../../app/suggest/suggest.ts';
import type { TrialRequest } from '../../app/try/plan.ts';
import { tryOut } from '../../app/try/trial.ts';
import { RefusedError, UsageError } from '../../errors.ts';
import { type Observation, observationsOf } from '../../profile/observations.ts';
import { stageFor } from '../../profile/point.ts';
import type { Profile } from '../../profile/profile.ts';
import { objections } from '../../profile/strict.ts';
import { evidence, type Remark } from '../../render/evidence.ts';
import type { Format } from '../../render/format.ts';
import { mixture } from '../../render/mixture.ts';
import { RENDERERS } from '../../render/renderers.ts';
import { replayText } from '../../replay/replay.ts';
import { NoStoreError, openStore } from '../../store/open.ts';
import type { Store } from '../../store/store.ts';
import { type Context, EXIT, type Outcome } from '../command.ts';
import { evidenceTable } from '../evidence-table.ts';
import { databaseOf } from '../options.ts';
import { painter } from '../paint.ts';
import { programNames } from '../program-name.ts';
import type { usage } from '../usage/suggest.ts';
import type { ArgsOf } from '../usage.ts';
import { visible } from '../visible.ts';

type Args = ArgsOf<typeof usage> & { readonly cmd?: readonly string[] };

export async function run(args: Args, context: Context): Promise<Outcome> {
  const format = formatOf(args);
  const request = requestOf(args, format);
  const { suggestion, observations } = suggestFrom(databaseOf(args.db, context.env), request);
  const { profile } = suggestion;
  const { stderr } = context;
  for (const remark of remarks(suggestion)) say(remark, context);
  if (args.evidence) stderr.write(evidenceTable(profile.rules, stderr.isTTY ? (stderr.columns ?? 80) : undefined));
  const against = args.strict ? objections(profile) : [];
  if (against.length > 0) throw new RefusedError(`--strict: ${against.join('; ')}`);
  const emission = await emit(profile, observations, {
    format,
    action: args.action,
    width: widthOf(context),
    again: request.again,
  });
  const { rendering } = emission;
  if (rendering.kind === 'bytes' && context.stdout.isTTY)
    throw new UsageError(`--format ${format}: standard output is a terminal: want a file or a pipe`);
  tell(emission, context);
  await tried(args, { format, profile, emission }, context);
  context.stdout.write(rendering.kind === 'text' ? rendering.text : rendering.bytes);
  return EXIT.ok;
}

/** CMD runs under the profile before that is printed; where it is killed, it is not. */
async function tried(
  { try: wanted, cmd = [] }: Args,
  what: Pick<TrialRequest, 'format' | 'profile' | 'emission'>,
  context: Context,
): Promise<void> {
  if (!wanted && cmd.length > 0)
    throw new UsageError(`suggest: unexpected word ${cmd[0]}; --try -- CMD tries a profile`);
  if (wanted) say({ kind: 'fact', text: await tryOut({ ...what, argv: cmd, env: context.env }) }, context);
}

function formatOf({ json, format }: Args): Format {
  if (json && format !== undefined && format !== 'json') throw new UsageError(`--json is --format json, not ${format}`);
  return json ? 'json' : (format ?? 'env');
}

function widthOf({ stdout }: Context): number | undefined {
  return stdout.isTTY ? (stdout.columns ?? 80) : undefined;
}

/** What the format cannot say, and what became of the observed calls in it. */
function tell({ losses, replay }: Emission, context: Context): void {
  for (const text of losses) say({ kind: 'warning', text }, context);
  say({ kind: 'fact', text: replayText(replay) }, context);
}

function requestOf({ exe, name, run: ids, stage, noChildren, trust, abi, db }: Args, format: Format): SuggestRequest {
  if (exe === undefined && name === undefined && ids === undefined) throw new UsageError('want --exe, --name or --run');
  const native = abi ?? nativeAbi();
  if (!native) throw new UsageError(`this machine (${process.arch}) is in no table: name the ABI by --abi`);
  return {
    exe: exe === undefined ? [] : programNames(exe),
    name,
    runIds: ids?.map(runId),
    stage: stage ?? stageOf(format),
    children: noChildren !== true,
    trust: trust ?? 'file',
    abi: native,
    again: db === undefined ? '' : `--db ${quoted(db)} `,
  };
}

function runId(word: string): number {
  const id = Number(word);
  if (!Number.isSafeInteger(id) || id < 1)
    throw new UsageError(`--run ${word}: want the number of a run; see profiler runs`);
  return id;
}

/** The stage whose evidence the format is made of; undefined: the newest run's. */
function stageOf(format: Format): 'preload' | 'launcher' | undefined {
  const { point } = RENDERERS[format];
  return point && stageFor(point);
}

interface Found {
  readonly suggestion: Suggestion;
  readonly observations: readonly Observation[];
}

function suggestFrom(database: string, request: SuggestRequest): Found {
  try {
    const store = openStore(database, { readonly: true });
    try {
      const suggestion = suggest(store, request);
      return { suggestion, observations: observed(store, suggestion.profile) };
    } finally {
      store.close();
    }
  } catch (error) {
    if (!(error instanceof NoStoreError)) throw error;
    const observe = `profiler observe ${request.again}-- ${quoted(request.exe[0] ?? 'COMMAND')}`;
    throw new RefusedError(`${error.message}; observe first, by: ${observe}`, { cause: error });
  }
}

function observed(store: Store, { runs, policy }: Profile): readonly Observation[] {
  const ids = runs.map((one) => one.id);
  return observationsOf(store.runs({ ids }), store.tallies(ids), policy);
}

function remarks({ profile, otherStages, mixed }: Suggestion): Remark[] {
  const others = otherStages.map(({ stage, runs }) => `${stage} (${runs} run${runs === 1 ? '' : 's'})`);
  const [first, ...rest] = evidence(profile);
  return [
    ...(first ? [first] : []),
    ...(others.length > 0 ? [left(others)] : []),
    ...mixture(profile.policy.exe, mixed),
    ...rest,
  ];
}

function left(others: readonly string[]): Remark {
  return { kind: 'fact', text: `stages are not merged; left out: ${others.join(', ')}; --stage chooses` };
}

function say({ kind, text }: Remark, { stderr, env }: Context): void {
  const paint = painter(stderr, env);
  stderr.write(`${kind === 'warning' ? paint.yellow('warning: ') : ''}${visible(text)}\n`);
}
