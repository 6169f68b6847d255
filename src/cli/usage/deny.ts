import type { Usage } from '../usage.ts';
import { DECIDE_OPTIONS } from './decide.ts';

export const usage = {
  synopsis: 'deny <call..>',
  describe:
    'Keep calls off the list of a program by hand: whatever is seen, and whatever a closure asks for. suggest says so, and --remove takes it back.',
  examples: [
    ['profiler deny --exe redis-server ptrace --why "a debugger was attached while observing"', 'seen, but not wanted'],
    ['profiler deny --exe redis-server --remove ptrace', 'take it back'],
  ],
  options: DECIDE_OPTIONS,
} as const satisfies Usage;
