import type { Ended, Env } from '../../launch/run.ts';
import type { StopAsked } from '../../launch/stop-asked.ts';
import type { Stray } from '../../observe/sessions.ts';
import type { Loss } from '../../observe/tally.ts';
import type { Store } from '../../store/store.ts';
import type { Changes } from './changes.ts';
import type { Feed } from './feed.ts';
import type { ObservedProgram } from './program.ts';
import type { ObservedSession } from './session.ts';

export interface RunSetup {
  readonly program: ObservedProgram;
  /** Numbers that are allowed and so not logged; empty: a full run. */
  readonly known: readonly number[];
  readonly name: string | undefined;
  readonly wait: 'all' | 'main';
  readonly user: string | undefined;
}

export interface RunWorld {
  readonly store: Store;
  readonly feed: Feed;
  readonly changes: Changes;
  readonly env: Env;
  readonly nowMs: () => number;
  readonly stops: StopAsked;
  /** Called about once a second while the run goes on. */
  readonly progress: (counts: RunCounts) => void;
}

export interface RunCounts {
  readonly records: number;
  /** Different calls (ABI and number). */
  readonly calls: number;
}

/** What came of one run. */
export interface RunResult extends RunCounts {
  readonly runId: number;
  readonly mode: 'full' | 'known';
  readonly observed: ObservedSession;
  readonly newCalls: number;
  readonly losses: readonly Loss[];
  /** Sessions opened during the run whose records may be its own: only where not every call was logged and arrived. */
  readonly strays: readonly Stray[];
  /** Why the run is incomplete; undefined: it is complete. */
  readonly incomplete: string | undefined;
  readonly ended: Ended;
}
