import { TRUSTS } from '../../record/trust.ts';
import { DATABASE } from '../options.ts';
import type { Usage } from '../usage.ts';

export const usage = {
  synopsis: 'import-profile <file>',
  describe:
    'Learn from a profile that suggest --format json printed, on this machine or another: it becomes one run. The same profile twice counts once.',
  examples: [
    ['profiler import-profile hello.json', 'what another machine has learned of hello'],
    ['profiler import-profile --trust file /mnt/hello.json', 'though others may write there'],
  ],
  options: [
    DATABASE,
    {
      name: 'trust',
      kind: 'choice',
      choices: TRUSTS,
      describe: 'your word for who can have written it; default: file where nobody else may write it, else forgeable',
    },
    { name: 'json', kind: 'flag', describe: 'print what was taken in as JSON' },
  ],
} as const satisfies Usage;
