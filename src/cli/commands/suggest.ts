import { type Emission, emit } from '../../app/suggest/emit.ts';
import { observationsFor } from '../../app/suggest/observations.ts';
import { suggest } from '../../app/suggest/suggest.ts';
import type { TrialRequest } from '../../app/try/plan.ts';
import { tryOut } from '../../app/try/trial.ts';
import { RefusedError, UsageError } from '../../errors.ts';
import { objections } from '../../profile/strict.ts';
import { untried } from '../../render/confidence.ts';
import type { Format } from '../../render/format.ts';
import { RENDERERS } from '../../render/renderers.ts';
import { replayText } from '../../replay/replay.ts';
import { type Context, EXIT, type Outcome } from '../command.ts';
import { evidenceTable } from '../evidence-table.ts';
import { listRemarks, listRequest, readList, sayRemark } from '../list.ts';
import type { usage } from '../usage/suggest.ts';
import type { ArgsOf } from '../usage.ts';

type Args = ArgsOf<typeof usage> & { readonly cmd?: readonly string[] };

export async function run(args: Args, context: Context): Promise<Outcome> {
  const { stdout, stderr } = context;
  const format = formatOf(args);
  const asked = listRequest(args, context.env);
  const request = { ...asked, point: asked.point ?? RENDERERS[format].point };
  const { suggestion, observations } = readList(args.db, request, context, (store) => {
    const found = suggest(store, request);
    return { suggestion: found, observations: observationsFor(store, found.profile) };
  });
  const { profile } = suggestion;
  for (const remark of [...listRemarks(suggestion), ...untried(profile.checklist)]) sayRemark(remark, context);
  if (args.evidence) stderr.write(evidenceTable(profile.rules, stderr.isTTY ? (stderr.columns ?? 80) : undefined));
  const against = args.strict ? objections(profile) : [];
  if (against.length > 0) throw new RefusedError(`--strict: ${against.join('; ')}`);
  const width = stdout.isTTY ? (stdout.columns ?? 80) : undefined;
  const emission = await emit(profile, observations, { format, action: args.action, width, again: request.again });
  tell(emission, context);
  await tried(args, { format, profile, emission }, context);
  return print(emission, format, context);
}

function formatOf({ json, format }: Args): Format {
  if (json && format !== undefined && format !== 'json') throw new UsageError(`--json is --format json, not ${format}`);
  return json ? 'json' : (format ?? 'env');
}

/** What the format cannot say, and what became of the observed calls in it. */
function tell({ losses, replay }: Emission, context: Context): void {
  for (const text of losses) sayRemark({ kind: 'warning', text }, context);
  sayRemark({ kind: 'fact', text: replayText(replay) }, context);
}

/** CMD runs under the profile before that is printed; where it is killed, it is not. */
async function tried(
  { try: wanted, cmd = [] }: Args,
  what: Pick<TrialRequest, 'format' | 'profile' | 'emission'>,
  context: Context,
): Promise<void> {
  if (!wanted && cmd.length > 0)
    throw new UsageError(`suggest: unexpected word ${cmd[0]}; --try -- CMD tries a profile`);
  if (wanted) sayRemark({ kind: 'fact', text: await tryOut({ ...what, argv: cmd, env: context.env }) }, context);
}

function print({ rendering }: Emission, format: Format, { stdout }: Context): Outcome {
  if (rendering.kind === 'bytes' && stdout.isTTY)
    throw new UsageError(`--format ${format}: standard output is a terminal: want a file or a pipe`);
  stdout.write(rendering.kind === 'text' ? rendering.text : rendering.bytes);
  return EXIT.ok;
}
