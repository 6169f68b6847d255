import type { Usage } from '../usage.ts';
import { DECIDE_OPTIONS } from './decide.ts';

export const usage = {
  synopsis: 'allow <call..>',
  describe:
    'Put calls on the list of a program by hand: with your name, the time and the reason. suggest marks them, and --remove takes them back.',
  examples: [
    ['profiler allow --exe redis-server fsync --why "only in a crash save"', 'a path that no run takes'],
    ['profiler allow --exe redis-server --remove fsync', 'take it back'],
  ],
  options: DECIDE_OPTIONS,
} as const satisfies Usage;
