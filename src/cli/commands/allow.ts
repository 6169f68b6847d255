import type { Context, Outcome } from '../command.ts';
import { type DecideArgs, decideFrom } from '../decide.ts';

export async function run(args: DecideArgs, context: Context): Promise<Outcome> {
  return decideFrom('allow', args, context);
}
