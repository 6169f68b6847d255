import { DATABASE } from '../options.ts';
import type { Usage } from '../usage.ts';

export const usage = {
  synopsis: 'export [file]',
  describe:
    'Write the whole database, as it is at this moment, as newline-delimited JSON: to a new file that only you may read, or to standard output. profiler import takes it in elsewhere; the same runs twice count once.',
  examples: [
    ['profiler export evidence.ndjson', 'a file for another machine'],
    ['profiler export | gzip > evidence.ndjson.gz', 'packed; import reads that too'],
    ['profiler export | jq -r \'select(.row == "run") | .exe\'', 'every run’s program'],
  ],
  options: [DATABASE, { name: 'force', kind: 'flag', describe: 'replace a file that is there already' }],
} as const satisfies Usage;
