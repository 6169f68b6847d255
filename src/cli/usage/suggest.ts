import { ABIS } from '../../kernel/tables.gen.ts';
import { STAGES } from '../../observe/tally.ts';
import { TRUSTS } from '../../record/trust.ts';
import { ACTIONS, FORMATS } from '../../render/format.ts';
import { DATABASE } from '../options.ts';
import type { Usage } from '../usage.ts';

export const usage = {
  synopsis: 'suggest [cmd..]',
  describe:
    'Print the shortest allowlist that was seen to be enough: the list on standard output, its evidence on standard error.',
  examples: [
    ['profiler suggest --exe helloworld', 'the newest stage that it was observed at'],
    ['profiler suggest --exe helloworld --evidence', 'and why each call is on the list'],
    ['profiler suggest --exe /usr/bin/python3.11 --name reports', 'only runs of that name'],
    ['profiler suggest --exe helloworld --stage launcher --strict', 'refuse evidence that may have holes'],
    ['profiler suggest --exe helloworld --format systemd > 50-calls.conf', 'a drop-in for its unit'],
    ['profiler suggest --exe helloworld --try -- ./helloworld', 'and run it once under the list'],
    ['export "$(profiler suggest --exe helloworld)"', 'ready for libsandbox.so and sandboxify'],
  ],
  options: [
    DATABASE,
    { name: 'exe', kind: 'text', describe: 'program: its name or path' },
    {
      name: 'stage',
      kind: 'choice',
      choices: STAGES,
      describe: 'where the filter will begin; default: as in the newest run',
    },
    { name: 'name', kind: 'text', describe: 'only runs of this name' },
    { name: 'run', kind: 'list', describe: 'only these runs, by id' },
    { name: 'no-children', kind: 'flag', describe: 'leave out calls of programs that it starts' },
    { name: 'strict', kind: 'flag', describe: 'refuse evidence that is lossy, incomplete or of a second ABI' },
    {
      name: 'trust',
      kind: 'choice',
      choices: TRUSTS,
      describe: 'least trust of records that widen the list (default: file)',
    },
    {
      name: 'abi',
      kind: 'choice',
      choices: ABIS.map(({ abi }) => abi),
      describe: "ABI that the list is for (default: this machine's)",
    },
    {
      name: 'evidence',
      kind: 'flag',
      describe: 'also print why each call is on the list, as a table on standard error',
    },
    {
      name: 'format',
      kind: 'choice',
      choices: FORMATS,
      describe:
        'env (libsandbox.so, sandboxify), a systemd drop-in, an OCI or Docker profile, a SeccompProfile resource (spo), a minijail policy, a raw BPF program (bwrap), C for libseccomp, seccompiler JSON, the whole profile as JSON, or a table to read (default: env)',
    },
    {
      name: 'action',
      kind: 'choice',
      choices: ACTIONS,
      describe: 'what a call meets that is not on the list: the process is killed (default), or the call fails',
    },
    {
      name: 'try',
      kind: 'flag',
      describe:
        'also run CMD (after --) once under the profile and say how it ended; by libsandbox.so or sandboxify, bwrap, crun or systemd-run; its output goes to standard error',
    },
    { name: 'json', kind: 'flag', describe: '--format json: the profile with all its evidence' },
  ],
} as const satisfies Usage;
