import type { Run } from './command.ts';
import type { Usage } from './usage.ts';

/** One command as the top help shows it. Its usage is loaded only when it is asked for, its code only to be run. */
export interface Row {
  readonly name: string;
  readonly describe: string;
  /**
   * Runs CMD: everything after the first word that is no option belongs to CMD, signals are CMD's, and the command's
   * own failures are 125, as env(1) has it, so that they are never taken for CMD's exit code.
   */
  readonly runsCommand?: true;
  readonly usage: () => Promise<{ readonly usage: Usage }>;
  readonly load: () => Promise<{ readonly run: Run<never> }>;
}

export const REGISTRY: readonly Row[] = [
  {
    name: 'observe',
    describe: 'run a program with every system call logged, and learn them',
    runsCommand: true,
    usage: () => import('./usage/observe.ts'),
    load: () => import('./commands/observe.ts'),
  },
  {
    name: 'import',
    describe: 'learn from logs that are already there (audit.log, dmesg, journal, syslog)',
    usage: () => import('./usage/import.ts'),
    load: () => import('./commands/import.ts'),
  },
  {
    name: 'daemon',
    describe: 'read every log that the configuration names into the database, for months',
    usage: () => import('./usage/daemon.ts'),
    load: () => import('./commands/daemon.ts'),
  },
  {
    name: 'suggest',
    describe: 'print the shortest allowlist that was seen to be enough, with its evidence',
    usage: () => import('./usage/suggest.ts'),
    load: () => import('./commands/suggest.ts'),
  },
  {
    name: 'verify',
    describe: 'tell what a seccomp profile of any origin would deny of what was seen',
    usage: () => import('./usage/verify.ts'),
    load: () => import('./commands/verify.ts'),
  },
  {
    name: 'explain',
    describe: 'tell why each call is on the list, and where in the program it came from',
    usage: () => import('./usage/explain.ts'),
    load: () => import('./commands/explain.ts'),
  },
  {
    name: 'allow',
    describe: 'put calls on a list by hand, with the reason why',
    usage: () => import('./usage/allow.ts'),
    load: () => import('./commands/allow.ts'),
  },
  {
    name: 'deny',
    describe: 'keep calls off a list by hand, whatever is seen',
    usage: () => import('./usage/deny.ts'),
    load: () => import('./commands/deny.ts'),
  },
  {
    name: 'enforce',
    describe: 'run a program under its allowlist, and never without one',
    runsCommand: true,
    usage: () => import('./usage/enforce.ts'),
    load: () => import('./commands/enforce.ts'),
  },
  {
    name: 'status',
    describe: 'tell what has been learned, or whether a running process is under a filter',
    usage: () => import('./usage/status.ts'),
    load: () => import('./commands/status.ts'),
  },
  {
    name: 'runs',
    describe: 'list the runs that were observed or imported',
    usage: () => import('./usage/runs.ts'),
    load: () => import('./commands/runs.ts'),
  },
  {
    name: 'import-profile',
    describe: 'learn from a profile that suggest --format json printed',
    usage: () => import('./usage/import-profile.ts'),
    load: () => import('./commands/import-profile.ts'),
  },
  {
    name: 'export',
    describe: 'write the whole database as newline-delimited JSON, which import takes',
    usage: () => import('./usage/export.ts'),
    load: () => import('./commands/export.ts'),
  },
  {
    name: 'merge',
    describe: 'add other databases to this one, and tell where their runs differ',
    usage: () => import('./usage/merge.ts'),
    load: () => import('./commands/merge.ts'),
  },
  {
    name: 'prune',
    describe: 'remove old runs, and never the newest complete one of a program',
    usage: () => import('./usage/prune.ts'),
    load: () => import('./commands/prune.ts'),
  },
  {
    name: 'backup',
    describe: 'copy the database while it is in use, checked, into one file',
    usage: () => import('./usage/backup.ts'),
    load: () => import('./commands/backup.ts'),
  },
  {
    name: 'doctor',
    describe: 'check what of this machine works, with the fix beside each fault',
    usage: () => import('./usage/doctor.ts'),
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'completion',
    describe: 'print a completion script for bash, zsh or fish',
    usage: () => import('./usage/completion.ts'),
    load: () => import('./commands/completion.ts'),
  },
];

export function findRow(name: string): Row | undefined {
  return REGISTRY.find((row) => row.name === name);
}
