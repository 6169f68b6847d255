import type { Source, SourceSet } from '../../source/source.ts';
import { IngestLane, type LaneFigures, type LaneSpec } from './lane.ts';
import { Totals } from './totals.ts';
import type { IngestWorld, LaneWorld } from './world.ts';

/** A source, or a set of them, that the operator asked for. */
export interface IngestSpec {
  /** Equal where nothing about it has changed. */
  readonly key: string;
  readonly source: Source | SourceSet;
  readonly kindOf: (source: Source) => LaneSpec['kind'];
}

interface Group {
  readonly name: string;
  readonly stop: AbortController;
  readonly lanes: Set<IngestLane>;
  done: Promise<void>;
  begun: Promise<void>;
  /** It came to its end by itself. */
  over: boolean;
}

/** Any number of sources, read into one store at once. */
export class Ingest {
  /** Resolves when every source has come to its end; rejects where the store fails for good. */
  readonly ended: Promise<void>;
  readonly totals = new Totals();
  readonly #world: LaneWorld;
  readonly #groups = new Map<string, Group>();
  #settle: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | undefined;

  constructor(world: IngestWorld) {
    this.#world = { ...world, totals: this.totals };
    this.ended = new Promise<void>((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.ended.catch(() => undefined);
  }

  get figures(): LaneFigures[] {
    return [...this.#groups.values()].flatMap(({ lanes }) => [...lanes].map((lane) => lane.figures));
  }

  /** Resolves once every source that is asked for is read, or could not be at the first attempt. */
  async begun(): Promise<void> {
    await Promise.all([...this.#groups.values()].map(({ begun }) => begun));
  }

  /** Stops the sources that are no longer asked for and starts those that are new; the others do not notice. */
  async apply(specs: readonly IngestSpec[]): Promise<void> {
    const asked = new Set(specs.map(({ key }) => key));
    const gone = [...this.#groups].filter(([key]) => !asked.has(key));
    await stopAll(gone.map(([, group]) => group));
    for (const [key] of gone) this.#groups.delete(key);
    for (const spec of specs) if (!this.#groups.has(spec.key)) this.#start(spec);
  }

  /** Stops all; what was read is stored, as far as the store takes it. */
  stop(): Promise<void> {
    return stopAll([...this.#groups.values()]);
  }

  /** Two patterns may match one file; its cursor is one. */
  #has(name: string): boolean {
    return [...this.#groups.values()].some(({ lanes }) => [...lanes].some((lane) => lane.name === name));
  }

  #start(spec: IngestSpec): void {
    const { name } = spec.source;
    const none = Promise.resolve();
    const group: Group = { name, stop: new AbortController(), lanes: new Set(), done: none, begun: none, over: false };
    this.#groups.set(spec.key, group);
    this.#world.log.info({ source: name }, 'reading');
    const looked = new Promise<void>((resolve) => {
      group.done = this.#run(spec, group, resolve).catch((error: unknown) => this.#settle?.reject(error));
    });
    const lanesBegun = looked.then(() => Promise.all([...group.lanes].map(({ begun }) => begun)));
    group.begun = Promise.race([lanesBegun.then(() => undefined), group.done]);
  }

  async #run({ source, kindOf }: IngestSpec, group: Group, looked: () => void): Promise<void> {
    const { lanes, stop } = group;
    const running: Promise<void>[] = [];
    for await (const one of each(source, stop.signal, looked)) {
      const lane = new IngestLane(this.#world, { source: one, kind: kindOf(one) });
      if (this.#has(lane.name)) {
        this.#world.log.warn({ source: one.name }, 'is asked for twice: read once');
        continue;
      }
      lanes.add(lane);
      const run = lane.run(stop.signal);
      running.push(run);
      run.catch((error: unknown) => this.#settle?.reject(error));
    }
    await Promise.all(running);
    if (stop.signal.aborted) return;
    group.over = true;
    this.#world.log.info({ source: group.name }, 'came to its end');
    if ([...this.#groups.values()].every(({ over }) => over)) this.#settle?.resolve();
  }
}

async function stopAll(groups: readonly Group[]): Promise<void> {
  for (const { stop } of groups) stop.abort();
  await Promise.all(groups.map(({ done }) => done));
}

/** A source of its own is a set of one. */
async function* each(source: Source | SourceSet, signal: AbortSignal, looked: () => void): AsyncGenerator<Source> {
  if (!('batches' in source)) return yield* source.sources(signal, looked);
  yield source;
  looked();
}
