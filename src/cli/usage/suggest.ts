import type { Usage } from '../usage.ts';
import { LIST_OPTIONS } from './list.ts';

export const usage = {
  synopsis: 'suggest',
  describe:
    'Print the shortest allowlist that was seen to be enough: the list on standard output, its evidence on standard error.',
  examples: [
    ['profiler suggest --exe helloworld', 'the newest stage that it was observed at'],
    ['profiler suggest --exe helloworld --evidence', 'and why each call is on the list'],
    ['profiler suggest --exe /usr/bin/python3.11 --name reports', 'only runs of that name'],
    ['profiler suggest --exe helloworld --stage launcher --strict', 'refuse evidence that may have holes'],
    ['profiler suggest --exe helloworld --point systemd', 'what a unit needs beside what systemd always allows'],
    ['profiler suggest --exe helloworld --closure libc', 'and what an ordinary run may need without having shown it'],
    ['export "$(profiler suggest --exe helloworld)"', 'ready for libsandbox.so and sandboxify'],
  ],
  options: [
    ...LIST_OPTIONS,
    { name: 'strict', kind: 'flag', describe: 'refuse evidence that is thin, lossy, incomplete or of a second ABI' },
    {
      name: 'evidence',
      kind: 'flag',
      describe: 'also print why each call is on the list, as a table on standard error',
    },
    { name: 'json', kind: 'flag', describe: 'print the profile with all its evidence as JSON' },
  ],
} as const satisfies Usage;
