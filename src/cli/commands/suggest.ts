import { suggest } from '../../app/suggest/suggest.ts';
import { RefusedError } from '../../errors.ts';
import { objections } from '../../profile/strict.ts';
import { untried } from '../../render/confidence.ts';
import { preloadEnv } from '../../render/env.ts';
import { type Context, EXIT, type Outcome } from '../command.ts';
import { evidenceTable } from '../evidence-table.ts';
import { listRemarks, listRequest, readList, sayRemark } from '../list.ts';
import type { usage } from '../usage/suggest.ts';
import type { ArgsOf } from '../usage.ts';

type Args = ArgsOf<typeof usage>;

export async function run(args: Args, context: Context): Promise<Outcome> {
  const request = listRequest(args, context.env);
  const suggestion = readList(args.db, request, context, (store) => suggest(store, request));
  const { profile } = suggestion;
  const { stderr } = context;
  for (const remark of [...listRemarks(suggestion), ...untried(profile.checklist)]) sayRemark(remark, context);
  if (args.evidence) stderr.write(evidenceTable(profile.rules, stderr.isTTY ? (stderr.columns ?? 80) : undefined));
  const against = args.strict ? objections(profile) : [];
  if (against.length > 0) throw new RefusedError(`--strict: ${against.join('; ')}`);
  const text = args.json ? `${JSON.stringify(profile, undefined, 2)}\n` : preloadEnv(profile).text;
  context.stdout.write(text);
  return EXIT.ok;
}
