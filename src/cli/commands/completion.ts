import { UsageError } from '../../errors.ts';
import { type Command, EXIT } from '../command.ts';
import { COMPLETION_SCRIPTS, SHELLS, type Shell } from '../completion-scripts.ts';

export const command: Command<{ shell: string }> = {
  usage: 'completion <shell>',
  describe: 'Print a completion script. It completes commands, options, their values, and for --exe what was learned.',
  examples: [
    ['source <(profiler completion bash)', 'this shell; put it in ~/.bashrc for every one'],
    ['profiler completion zsh > "${fpath[1]}/_profiler"', 'zsh, before compinit'],
    ['profiler completion fish > ~/.config/fish/completions/profiler.fish', 'fish'],
  ],
  options: (yargs) => yargs.positional('shell', { type: 'string', describe: SHELLS.join(', ') }),
  run: async ({ shell }, { stdout }) => {
    if (!isShell(shell)) throw new UsageError(`completion: no script for ${shell}; want ${SHELLS.join(', ')}`);
    stdout.write(COMPLETION_SCRIPTS[shell]);
    return EXIT.ok;
  },
};

function isShell(name: string): name is Shell {
  return (SHELLS as readonly string[]).includes(name);
}
