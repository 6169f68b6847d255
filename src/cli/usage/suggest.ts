import { ACTIONS, FORMATS } from '../../render/format.ts';
import type { Usage } from '../usage.ts';
import { LIST_OPTIONS } from './list.ts';
import { APPARMOR_OPTIONS } from './suggest-apparmor.ts';

export const usage = {
  synopsis: 'suggest [cmd..]',
  describe:
    'Print the shortest allowlist that was seen to be enough: the list on standard output, its evidence on standard error.',
  examples: [
    ['profiler suggest --exe helloworld', 'the newest stage that it was observed at'],
    ['profiler suggest --exe helloworld --evidence', 'and why each call is on the list'],
    ['profiler suggest --exe /usr/bin/python3.11 --name reports', 'only runs of that name'],
    ['profiler suggest --exe helloworld --stage launcher --strict', 'refuse evidence that may have holes'],
    ['profiler suggest --exe helloworld --point systemd', 'what a unit needs beside what systemd always allows'],
    ['profiler suggest --exe helloworld --closure libc', 'and what an ordinary run may need without having shown it'],
    ['profiler suggest --exe helloworld --format systemd > 50-calls.conf', 'a drop-in for its unit'],
    ['profiler suggest --exe helloworld --try -- ./helloworld', 'and run it once under the list'],
    ['profiler suggest --kind apparmor --profile /usr/sbin/nginx', 'an AppArmor profile from its complain mode'],
    ['profiler suggest --kind apparmor --profile nginx --output patch --file /etc/apparmor.d/nginx', 'what it lacks'],
    ['export "$(profiler suggest --exe helloworld)"', 'ready for libsandbox.so and sandboxify'],
  ],
  options: [
    {
      name: 'kind',
      kind: 'choice',
      choices: ['seccomp', 'apparmor'],
      describe: 'a list of system calls, or rules of AppArmor (default: seccomp)',
    },
    ...LIST_OPTIONS,
    { name: 'strict', kind: 'flag', describe: 'refuse evidence that is thin, lossy, incomplete or of a second ABI' },
    ...APPARMOR_OPTIONS,
    {
      name: 'evidence',
      kind: 'flag',
      describe: 'also print why each call, or rule, is on the list, as a table on standard error',
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
