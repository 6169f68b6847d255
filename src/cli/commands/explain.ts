import { explain } from '../../app/explain/explain.ts';
import { type Context, EXIT, type Outcome } from '../command.ts';
import { explainText } from '../explain-text.ts';
import { listRemarks, listRequest, readList, sayRemark } from '../list.ts';
import type { usage } from '../usage/explain.ts';
import type { ArgsOf } from '../usage.ts';
import { visibleLines } from '../visible.ts';

type Args = ArgsOf<typeof usage> & { readonly call?: string };

export async function run(args: Args, context: Context): Promise<Outcome> {
  const request = { ...listRequest(args, context.env), call: args.call };
  const explanation = readList(args.db, request, context, (store) => explain(store, request));
  const { suggestion, calls, unlisted } = explanation;
  const { profile } = suggestion;
  if (args.json) {
    const { policy, confidence, checklist } = profile;
    const document = { schema: 1, policy, confidence, checklist, calls, unlisted };
    context.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
    return EXIT.ok;
  }
  for (const remark of listRemarks(suggestion)) sayRemark(remark, context);
  context.stdout.write(visibleLines(explainText(explanation)));
  if (args.call !== undefined || profile.checklist.length === 0) return EXIT.ok;
  const advice = profile.checklist.map(({ text }) => `  ${text}\n`).join('');
  context.stdout.write(`\nwhat no run has tried:\n${advice}`);
  return EXIT.ok;
}
