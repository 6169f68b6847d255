import { CARRIERS } from '../../record/carrier.ts';
import { TRUSTS } from '../../record/trust.ts';
import { DATABASE } from '../options.ts';
import type { Usage } from '../usage.ts';

export const usage = {
  synopsis: 'import <file..>',
  describe: 'Learn from logs that are already there, gzip too; - is standard input. The same log twice counts once.',
  examples: [
    ['profiler import /var/log/audit/audit.log*', "auditd's files"],
    ['dmesg | profiler import --trust kernel -', 'the kernel log, where nobody else may write it'],
    ['journalctl -o json _TRANSPORT=audit | profiler import --trust kernel -', 'the journal'],
    ['profiler import evidence.ndjson', 'what profiler export wrote: all of it, or nothing where it was cut'],
    ['profiler import --host web1 web1-audit.log', 'a log from another machine that names no host'],
  ],
  options: [
    DATABASE,
    { name: 'carrier', kind: 'choice', choices: CARRIERS, describe: 'kind of log; default: by its content' },
    {
      name: 'trust',
      kind: 'choice',
      choices: TRUSTS,
      describe:
        'your word for who can have written it; default: forgeable for syslog, dmesg and pipes; file for all else in a file that nobody else may write',
    },
    { name: 'host', kind: 'text', describe: 'host of records that name none (default: this one)' },
    { name: 'json', kind: 'flag', describe: 'print what was imported as JSON' },
  ],
} as const satisfies Usage;
