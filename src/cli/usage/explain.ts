import type { Usage } from '../usage.ts';
import { LIST_OPTIONS } from './list.ts';

export const usage = {
  synopsis: 'explain [call]',
  describe:
    'Tell why each call is on the list of a program, or why one is not: who made it, how often, in which runs, from which code; by which rule or by whose word; what makes it dangerous; and what no run has tried.',
  examples: [
    ['profiler explain --exe helloworld', 'every call of the list'],
    ['profiler explain --exe helloworld getrandom', 'one'],
    ['profiler explain --exe helloworld --closure portable openat2', 'and of what a closure adds'],
  ],
  options: [...LIST_OPTIONS, { name: 'json', kind: 'flag', describe: 'print all of it as JSON' }],
} as const satisfies Usage;
