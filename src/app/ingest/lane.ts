import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../errors.ts';
import type { Source, SourceBatch } from '../../source/source.ts';
import type { LaneWorld } from './world.ts';
import { IngestWriter, type Kind } from './writer.ts';

/** A source that failed is opened again after so long, then after twice that, up to the most. */
const AGAIN_MS = 1000;
const AGAIN_MOST_MS = 60_000;
/** SIGTERM ends the daemon within 2 s; so much of it is for what waits to be stored. */
const DRAIN_MS = 1000;

export interface LaneSpec {
  readonly source: Source;
  /** What its records are read as, told at each batch: a file's owner and mode may change. */
  readonly kind: (batch: SourceBatch) => Kind;
}

/** How a lane does. */
export interface LaneFigures {
  readonly source: string;
  /** When its last record came, milliseconds since 1970; undefined: none did. */
  readonly recordMs: number | undefined;
  /** For how long the store has not taken its records. */
  readonly stuckMs: number;
  /** Why the source cannot be read at present. */
  readonly trouble: string | undefined;
}

/** One source, read into the store until the signal or its end. */
export class IngestLane {
  readonly name: string;
  /** Resolves once the source is read, or could not be at the first attempt. */
  readonly begun: Promise<void>;
  readonly #world: LaneWorld;
  readonly #spec: LaneSpec;
  readonly #stop = new AbortController();
  readonly #writer: IngestWriter;
  #failure: { readonly error: unknown } | undefined;
  #trouble: string | undefined;
  #againMs = AGAIN_MS;
  #begin: () => void = () => undefined;

  constructor(world: LaneWorld, spec: LaneSpec) {
    this.name = `daemon:${spec.source.name}`;
    this.#world = world;
    this.#spec = spec;
    const failed = (error: unknown) => {
      this.#failure = { error };
      this.#stop.abort();
    };
    const committed = (cursor: string) => spec.source.stored?.(cursor);
    this.#writer = new IngestWriter(world, { name: this.name, failed, committed });
    this.begun = new Promise((resolve) => {
      this.#begin = resolve;
    });
  }

  get figures(): LaneFigures {
    const { recordMs, stuckMs } = this.#writer;
    return {
      source: this.name,
      recordMs,
      stuckMs: stuckMs === undefined ? 0 : this.#world.nowMs() - stuckMs,
      trouble: this.#trouble,
    };
  }

  /** Throws what the store failed by, where that cannot pass; the source's own failures are told and tried again. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = AbortSignal.any([signal, this.#stop.signal]);
    stop.addEventListener('abort', () => this.#writer.release());
    while (!stop.aborted) {
      const over = await this.#follow(stop);
      this.#begin();
      if (over) break;
      await sleep(this.#againMs, undefined, { signal: stop }).catch(() => undefined);
      this.#againMs = Math.min(this.#againMs * 2, AGAIN_MOST_MS);
      this.#writer.interrupt();
    }
    await this.#close();
    if (this.#failure) throw this.#failure.error;
  }

  /** True where the source has come to its end. */
  async #follow(signal: AbortSignal): Promise<boolean> {
    const begun = () => {
      this.#trouble = undefined;
      this.#begin();
    };
    try {
      for await (const batch of this.#spec.source.batches(this.#writer.at, signal, begun)) {
        this.#trouble = undefined;
        this.#againMs = AGAIN_MS;
        await this.#writer.take(batch, this.#spec.kind(batch));
        if (signal.aborted) break;
      }
      if (!signal.aborted) this.#writer.end();
      return true;
    } catch (error) {
      if (signal.aborted) return true;
      this.#trouble = messageOf(error);
      this.#world.log.warn({ source: this.name, againMs: this.#againMs }, this.#trouble);
      return false;
    }
  }

  async #close(): Promise<void> {
    const left = await this.#writer.close(this.#world.nowMs() + DRAIN_MS);
    if (left === 0 || this.#failure) return;
    const text = 'the store did not take what was read last; its cursor stays before it';
    this.#world.log.error({ source: this.name, records: left }, text);
  }
}
