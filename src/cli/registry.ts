import type { Command } from './command.ts';

/** One command as the top help shows it. Its module is loaded only when it is asked for. */
export interface Row {
  readonly name: string;
  readonly describe: string;
  /**
   * Runs CMD: everything after the first word that is no option belongs to CMD, signals are CMD's, and the command's
   * own failures are 125, as env(1) has it, so that they are never taken for CMD's exit code.
   */
  readonly runsCommand?: true;
  readonly load: () => Promise<{ readonly command: Command<never> }>;
}

export const REGISTRY: readonly Row[] = [
  {
    name: 'observe',
    describe: 'run a program with every system call logged, and learn them',
    runsCommand: true,
    load: () => import('./commands/observe.ts'),
  },
  {
    name: 'import',
    describe: 'learn from logs that are already there (audit.log, dmesg, journal, syslog)',
    load: () => import('./commands/import.ts'),
  },
  {
    name: 'daemon',
    describe: 'read every log that the configuration names into the database, for months',
    load: () => import('./commands/daemon.ts'),
  },
  {
    name: 'suggest',
    describe: 'print the shortest allowlist that was seen to be enough, with its evidence',
    load: () => import('./commands/suggest.ts'),
  },
  {
    name: 'enforce',
    describe: 'run a program under its allowlist, and never without one',
    runsCommand: true,
    load: () => import('./commands/enforce.ts'),
  },
  {
    name: 'status',
    describe: 'tell what has been learned, or whether a running process is under a filter',
    load: () => import('./commands/status.ts'),
  },
  {
    name: 'runs',
    describe: 'list the runs that were observed or imported',
    load: () => import('./commands/runs.ts'),
  },
  {
    name: 'doctor',
    describe: 'check what of this machine works, with the fix beside each fault',
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'completion',
    describe: 'print a completion script for bash, zsh or fish',
    load: () => import('./commands/completion.ts'),
  },
];

export function findRow(name: string): Row | undefined {
  return REGISTRY.find((row) => row.name === name);
}
