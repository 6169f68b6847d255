import { DATABASE } from '../options.ts';
import type { Usage } from '../usage.ts';

export const usage = {
  synopsis: 'doctor',
  describe:
    'Check what of this machine works for observing and enforcing: most of it by trying. The fix stands beside each fault.',
  examples: [
    ['profiler doctor', 'exit 0: all is well; 1: something would be lost or does not work'],
    ['sudo profiler doctor', 'what root could do here'],
    ['profiler doctor --config /etc/profiler/profiler.toml', 'for what the daemon is to read'],
    ['profiler doctor --json', 'for programs'],
  ],
  options: [
    DATABASE,
    { name: 'config', kind: 'text', describe: 'judge by what this configuration of the daemon reads' },
    { name: 'json', kind: 'flag', describe: 'print JSON' },
  ],
} as const satisfies Usage;
