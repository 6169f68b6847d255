import { nativeAbi } from '../app/native-abi.ts';
import { quoted } from '../app/quoted.ts';
import type { Suggestion, SuggestRequest } from '../app/suggest/suggest.ts';
import { RefusedError, UsageError } from '../errors.ts';
import { additions } from '../render/additions.ts';
import { confidenceRemark } from '../render/confidence.ts';
import { differenceRemarks } from '../render/differences.ts';
import { evidence, type Remark } from '../render/evidence.ts';
import { mixture } from '../render/mixture.ts';
import { NoStoreError, openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import type { Context } from './command.ts';
import { closureOf, databaseOf } from './options.ts';
import { painter } from './paint.ts';
import { programNames } from './program-name.ts';
import type { LIST_OPTIONS } from './usage/list.ts';
import type { ArgsOf } from './usage.ts';
import { visible } from './visible.ts';

export type ListArgs = ArgsOf<{
  readonly synopsis: string;
  readonly describe: string;
  readonly examples: readonly [];
  readonly options: typeof LIST_OPTIONS;
}>;

/** The list that `suggest` and `explain` are asked for. */
export function listRequest(args: ListArgs, env: Context['env']): SuggestRequest {
  const { exe, name, run: ids, stage, point, closure, noChildren, trust, abi, db } = args;
  if (exe === undefined && name === undefined && ids === undefined) throw new UsageError('want --exe, --name or --run');
  const native = abi ?? nativeAbi();
  if (!native) throw new UsageError(`this machine (${process.arch}) is in no table: name the ABI by --abi`);
  return {
    exe: exe === undefined ? [] : programNames(exe),
    name,
    runIds: ids?.map(runId),
    stage,
    point,
    closure: closureOf(closure, env),
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

/** Reads the database; where there is none, says how to begin. */
export function readList<Result>(
  db: string | undefined,
  request: SuggestRequest,
  { env }: Pick<Context, 'env'>,
  read: (store: Store) => Result,
): Result {
  try {
    const store = openStore(databaseOf(db, env), { readonly: true });
    try {
      return read(store);
    } finally {
      store.close();
    }
  } catch (error) {
    if (!(error instanceof NoStoreError)) throw error;
    const observe = `profiler observe ${request.again}-- ${quoted(request.exe[0] ?? 'COMMAND')}`;
    throw new RefusedError(`${error.message}; observe first, by: ${observe}`, { cause: error });
  }
}

/** What a person should know of the list before using it. */
export function listRemarks({ profile, otherStages, mixed, differences }: Suggestion): readonly Remark[] {
  const others = otherStages.map(({ stage, runs }) => `${stage} (${runs} run${runs === 1 ? '' : 's'})`);
  const [first, ...rest] = evidence(profile);
  return [
    ...(first ? [first] : []),
    ...(others.length > 0 ? [left(others)] : []),
    ...mixture(profile.policy.exe, mixed),
    ...differenceRemarks(differences),
    ...rest,
    confidenceRemark(profile.confidence),
    ...additions(profile),
  ];
}

function left(others: readonly string[]): Remark {
  return { kind: 'fact', text: `stages are not merged; left out: ${others.join(', ')}; --stage chooses` };
}

export function sayRemark({ kind, text }: Remark, { stderr, env }: Context): void {
  const paint = painter(stderr, env);
  stderr.write(`${kind === 'warning' ? paint.yellow('warning: ') : ''}${visible(text)}\n`);
}
