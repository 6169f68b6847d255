import { CONFIG_PATH } from '../../config/paths.ts';
import type { Usage } from '../usage.ts';

export const usage = {
  synopsis: 'daemon',
  describe:
    'Read every log that the configuration names into the database, for months. SIGHUP reads the configuration again, SIGTERM ends it.',
  examples: [
    ['profiler daemon', `as ${CONFIG_PATH} says`],
    ['profiler daemon --config ./profiler.toml --check', 'check the configuration and end'],
  ],
  options: [
    {
      name: 'config',
      kind: 'text',
      describe: `the configuration (default: ${CONFIG_PATH}); config/profiler.toml of the package explains it`,
    },
    { name: 'check', kind: 'flag', describe: 'check the configuration and end: exit 0, or 2 with its faults' },
  ],
} as const satisfies Usage;
