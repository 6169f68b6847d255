import { RefusedError } from '../../errors.ts';
import type { Ended } from '../../launch/run.ts';
import { noteStops, type StopAsked } from '../../launch/stop-asked.ts';
import { knownNumbers } from '../../observe/known.ts';
import type { Via } from '../../source/listener.ts';
import { openStore } from '../../store/open.ts';
import { Changes } from './changes.ts';
import { earlierTallies } from './earlier.ts';
import { openFeed } from './feed.ts';
import { findObserved, type ObservedProgram, type ProgramRequest } from './program.ts';
import { observeRun } from './run.ts';
import { whyNothingIsLogged } from './silence.ts';
import type { RunCounts, RunResult, RunSetup, RunWorld } from './types.ts';

export interface ObserveRequest extends ProgramRequest {
  readonly database: string;
  readonly name: string | undefined;
  readonly wait: 'all' | 'main';
  /** Allow what earlier runs have logged, so that only new calls cost a record. */
  readonly known: boolean;
  readonly repeat: Repeat;
  /** Undefined: the audit multicast group, or where that may not be joined the kernel's log. */
  readonly via: Via | undefined;
}

/** `times`: so often. `until-quiet`: until so many runs in a row brought no new call, `max` at most. */
export type Repeat =
  | { readonly kind: 'times'; readonly times: number }
  | { readonly kind: 'until-quiet'; readonly quiet: number; readonly max: number };

/** What to tell while it goes on. */
export interface ObserveEars {
  readonly nowMs: () => number;
  /** Records come through the kernel's log, because of this. */
  readonly standIn: (why: string) => void;
  readonly progress: (counts: RunCounts, run: number) => void;
  readonly run: (result: RunResult, program: ObservedProgram) => void;
}

export interface Observed {
  readonly program: ObservedProgram;
  readonly runs: readonly RunResult[];
  /** Whether runs were repeated until they were quiet and did get there. */
  readonly quiet: boolean | undefined;
  /** How the last run ended, or the signal that stopped the observer before one began. */
  readonly ended: Ended;
}

/** Runs a program under a log filter as often as asked, and stores what the kernel tells of its calls. */
export async function observe(request: ObserveRequest, ears: ObserveEars): Promise<Observed> {
  const program = await findObserved(request);
  const fault = whyNothingIsLogged();
  if (fault !== undefined) throw new RefusedError(`nothing was run: ${fault}`, { exitCode: 125 });
  const changes = new Changes();
  const stops = noteStops();
  const store = openStore(request.database);
  try {
    const feed = await openFeed(request.via, changes);
    try {
      if (feed.insteadOf !== undefined) ears.standIn(feed.insteadOf);
      const world = { store, feed, changes, stops, env: request.env, nowMs: ears.nowMs };
      return await repeatRuns(request, program, world, ears);
    } finally {
      await feed.close();
    }
  } finally {
    store.close();
    stops.forget();
  }
}

async function repeatRuns(
  request: ObserveRequest,
  program: ObservedProgram,
  world: Omit<RunWorld, 'progress'>,
  ears: ObserveEars,
): Promise<Observed> {
  const { repeat } = request;
  const runs: RunResult[] = [];
  let inARow = 0;
  const most = repeat.kind === 'times' ? repeat.times : repeat.max;
  const wanted = repeat.kind === 'times' ? Number.POSITIVE_INFINITY : repeat.quiet;
  while (runs.length < most && inARow < wanted) {
    const progress = (counts: RunCounts): void => ears.progress(counts, runs.length + 1);
    const result = await observeRun(setupOf(request, program, world, runs.length), { ...world, progress });
    if (!result) break;
    runs.push(result);
    ears.run(result, program);
    inARow = isQuiet(result) ? inARow + 1 : 0;
    if (wasStopped(world.stops, result)) break;
  }
  return {
    program,
    runs,
    quiet: repeat.kind === 'times' ? undefined : inARow >= wanted,
    ended: endOf(runs, world.stops),
  };
}

function setupOf(
  { name, wait, user, known, repeat }: ObserveRequest,
  program: ObservedProgram,
  { store }: Omit<RunWorld, 'progress'>,
  before: number,
): RunSetup {
  // The first run until quiet is a full one: it gives the counts that a known run cannot.
  const spare = known || (repeat.kind === 'until-quiet' && before > 0);
  const numbers = spare ? knownNumbers(earlierTallies(store, program, name), program.nativeToken) : [];
  return { program, known: numbers, name, wait, user };
}

/** A run that lost records, or did not end well, has not shown that there is nothing new. */
function isQuiet({ newCalls, losses, strays, incomplete }: RunResult): boolean {
  return newCalls === 0 && losses.length === 0 && strays.length === 0 && incomplete === undefined;
}

/** By a signal to us, or one that the terminal sent to the program too. */
function wasStopped(stops: StopAsked, { ended }: RunResult): boolean {
  return stops.signal() !== undefined || (ended.kind === 'signal' && ended.signal === 'SIGINT');
}

function endOf(runs: readonly RunResult[], stops: StopAsked): Ended {
  const last = runs.at(-1);
  if (last) return last.ended;
  return { kind: 'signal', signal: stops.signal() ?? 'SIGTERM' };
}
