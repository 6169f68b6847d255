import type { Option } from '../usage.ts';

/** What `suggest --kind apparmor` takes beside --db, --trust, --strict, --evidence and --json. */
export const APPARMOR_OPTIONS = [
  { name: 'profile', kind: 'text', describe: 'apparmor: the profile, as the log names it; its children come with it' },
  {
    name: 'output',
    kind: 'choice',
    choices: ['profile', 'rules', 'patch'],
    describe: 'apparmor: a whole profile, the rules that it lacks, or these as a patch to --file (default: profile)',
  },
  { name: 'file', kind: 'text', describe: 'apparmor: the file that --output patch is for' },
  {
    name: 'mode',
    kind: 'choice',
    choices: ['enforce', 'complain'],
    describe: 'apparmor: what a whole profile does about the rest (default: enforce)',
  },
  {
    name: 'exec',
    kind: 'choice',
    choices: ['ix', 'px', 'cx', 'ux'],
    describe:
      'apparmor: programs that it starts go on under its rules (ix, the default), a profile of theirs (px), a child (cx), or none (ux)',
  },
  {
    name: 'glob',
    kind: 'flag',
    describe: 'apparmor: pids, uuids, numbers, versions, homes and machines stand for all',
  },
  { name: 'abstractions', kind: 'flag', describe: 'apparmor: put an include in the place of rules that it grants' },
  { name: 'addresses', kind: 'flag', describe: 'apparmor: network rules with addresses and ports (AppArmor 4)' },
  { name: 'deny', kind: 'flag', describe: 'apparmor: refuse what was seen, without a record, instead of allowing it' },
  { name: 'from', kind: 'text', describe: 'apparmor: read this log (- is standard input) and not the database' },
] as const satisfies readonly Option[];
