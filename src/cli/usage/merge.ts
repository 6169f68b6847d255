import { TRUSTS } from '../../record/trust.ts';
import { DATABASE } from '../options.ts';
import type { Usage } from '../usage.ts';

export const usage = {
  synopsis: 'merge <file..>',
  describe:
    'Add other databases (or what export wrote) to this one: replicas, hosts, test machines. Each whole or not at all; the same run twice counts once.',
  examples: [
    ['profiler merge --db all.db web1.db web2.db', 'what three machines have learned, in one list'],
    ['profiler merge staging.ndjson', 'an export that came by mail'],
  ],
  options: [
    DATABASE,
    {
      name: 'trust',
      kind: 'choice',
      choices: TRUSTS,
      describe: 'nothing in them is trusted more than this; default: as they say, in a file that nobody else may write',
    },
    { name: 'json', kind: 'flag', describe: 'print what was merged, and where runs differ, as JSON' },
  ],
} as const satisfies Usage;
