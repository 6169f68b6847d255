import type { Usage } from '../usage.ts';

export const usage = {
  synopsis: 'completion <shell>',
  describe:
    'Print a completion script for bash, zsh or fish. It completes commands, options, their values, and for --exe what ' +
    'was learned.',
  examples: [
    ['source <(profiler completion bash)', 'this shell; put it in ~/.bashrc for every one'],
    ['profiler completion zsh > "${fpath[1]}/_profiler"', 'zsh, before compinit'],
    ['profiler completion fish > ~/.config/fish/completions/profiler.fish', 'fish'],
  ],
  options: [],
} as const satisfies Usage;
