import { UsageError } from '../../errors.ts';
import { type Context, EXIT, type Outcome } from '../command.ts';
import { COMPLETION_SCRIPTS, SHELLS, type Shell } from '../completion-scripts.ts';
import type { usage } from '../usage/completion.ts';
import type { ArgsOf } from '../usage.ts';

type Args = ArgsOf<typeof usage> & { readonly shell: string };

export async function run({ shell }: Args, { stdout }: Context): Promise<Outcome> {
  if (!isShell(shell)) throw new UsageError(`completion: no script for ${shell}; want ${SHELLS.join(', ')}`);
  stdout.write(COMPLETION_SCRIPTS[shell]);
  return EXIT.ok;
}

function isShell(name: string): name is Shell {
  return (SHELLS as readonly string[]).includes(name);
}
