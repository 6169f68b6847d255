import type { Run } from '../observe/run.ts';

/** A way to run the program that no run has shown, and how to. */
export interface Advice {
  readonly kind: 'single-run' | 'no-signal' | 'no-failure' | 'one-output' | 'one-command' | 'no-child' | 'one-user';
  /** In a word or two. */
  readonly title: string;
  readonly text: string;
}

export interface Exercised {
  readonly runs: readonly Run[];
  /** Names of the calls that were seen. */
  readonly calls: ReadonlySet<string>;
}

/** What has not been tried, most telling first; only what the stored runs can tell. Imported runs tell no ends or commands. */
export function checklist({ runs, calls }: Exercised): readonly Advice[] {
  const observed = runs.filter((run) => run.kind === 'observed');
  const told = [
    runs.length === 1 && advice('single-run', 'one run only: run it again, as often and as differently as it is used'),
    noSignal(observed, calls),
    noFailure(observed),
    oneOutput(observed),
    oneCommand(observed),
    noChild(calls),
    oneUser(observed),
  ];
  return told.filter((one) => one !== false);
}

/** Signals that ask a program to end: systemd, an operator, a terminal that closes. */
const SHUTDOWN: ReadonlySet<string> = new Set(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']);

function noSignal(runs: readonly Run[], calls: ReadonlySet<string>): Advice | false {
  const seen = calls.has('rt_sigreturn') || runs.some(({ end }) => end && SHUTDOWN.has(end.exitSignal ?? ''));
  if (runs.length === 0 || seen) return false;
  const handler = calls.has('rt_sigaction') ? 'it sets handlers, and none ran' : 'no signal came';
  return advice(
    'no-signal',
    `no shutdown by a signal was seen (${handler}): stop it by SIGTERM, and by Ctrl-C, while it works`,
  );
}

function noFailure(runs: readonly Run[]): Advice | false {
  const ended = runs.filter(({ end }) => end !== undefined);
  const failed = ended.some(({ end }) => end?.exitSignal !== undefined || (end?.exitCode ?? 0) !== 0);
  if (ended.length === 0 || failed) return false;
  return advice(
    'no-failure',
    'no run failed: run it with a wrong option, a missing file, a full disk, a refused connection',
  );
}

function oneOutput(runs: readonly Run[]): Advice | false {
  const kinds = [...new Set(runs.flatMap(({ stdout }) => stdout ?? []))];
  const [only] = kinds;
  if (only === undefined || kinds.length > 1) return false;
  const others = (['terminal', 'pipe', 'file'] as const).filter((kind) => kind !== only);
  return advice(
    'one-output',
    `standard output was a ${only} every time: run it with a ${others.join(' and a ')} too, if it is used so`,
  );
}

function oneCommand(runs: readonly Run[]): Advice | false {
  const commands = new Set(runs.map(({ argv }) => JSON.stringify(argv)));
  if (runs.length < 2 || commands.size > 1) return false;
  return advice('one-command', 'the same words every time: run it with its other options and inputs');
}

const STARTERS: readonly string[] = ['clone', 'clone3', 'fork', 'vfork'];

function noChild(calls: ReadonlySet<string>): Advice | false {
  if (STARTERS.some((call) => calls.has(call))) return false;
  return advice(
    'no-child',
    'no thread or child was started: if it has workers, hooks, plugins or a pager, let them run',
  );
}

function oneUser(runs: readonly Run[]): Advice | false {
  if (runs.length === 0 || runs.some(({ uid }) => uid !== 0)) return false;
  return advice('one-user', 'it ran as root every time: if it is used as another user, observe it by --user');
}

const TITLES: Readonly<Record<Advice['kind'], string>> = {
  'single-run': 'a second run',
  'no-signal': 'a shutdown by a signal',
  'no-failure': 'a failure',
  'one-output': 'another kind of output',
  'one-command': 'other options',
  'no-child': 'threads or children',
  'one-user': 'another user',
};

function advice(kind: Advice['kind'], text: string): Advice {
  return { kind, title: TITLES[kind], text };
}
