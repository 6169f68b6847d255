import { ABIS } from '../../kernel/tables.gen.ts';
import { STAGES } from '../../observe/tally.ts';
import { TRUSTS } from '../../record/trust.ts';
import { FORMATS } from '../../render/format.ts';
import { DATABASE } from '../options.ts';
import type { Usage } from '../usage.ts';

export const usage = {
  synopsis: 'verify <file>',
  describe:
    'Run all that was seen of a program through a seccomp profile of any origin: what it would deny of that, and what it allows ' +
    'that was never seen. Exit 0 where nothing seen would be denied, 1 where something would.',
  examples: [
    ['profiler verify /etc/docker/seccomp.json --exe nginx', "a container's profile"],
    ['profiler verify /lib/systemd/system/foo.service --exe /usr/sbin/food', "a unit's SystemCallFilter="],
    ['profiler verify filter.bpf --exe hello --json', 'a compiled program; the verdict for a script'],
  ],
  options: [
    DATABASE,
    { name: 'exe', kind: 'text', describe: 'program: its name or path' },
    {
      name: 'format',
      kind: 'choice',
      choices: FORMATS.filter((format) => format !== 'table'),
      describe: 'of the file; default: by its content',
    },
    {
      name: 'stage',
      kind: 'choice',
      choices: STAGES,
      describe: 'which evidence; default: of the stage that the filter is over, where there is any',
    },
    { name: 'name', kind: 'text', describe: 'only runs of this name' },
    { name: 'trust', kind: 'choice', choices: TRUSTS, describe: 'least trust of records that count (default: file)' },
    {
      name: 'abi',
      kind: 'choice',
      choices: ABIS.map(({ abi }) => abi),
      describe: "ABI of the program (default: this machine's)",
    },
    { name: 'json', kind: 'flag', describe: 'print the verdict as JSON' },
  ],
} as const satisfies Usage;
