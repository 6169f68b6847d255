import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { Ingest, type IngestSpec } from '../../../src/app/ingest/ingest.ts';
import type { IngestLimits, IngestLog } from '../../../src/app/ingest/world.ts';
import type { Kind } from '../../../src/app/ingest/writer.ts';
import type { Source, SourceBatch } from '../../../src/source/source.ts';
import type { RunTally, Store } from '../../../src/store/store.ts';

/** What the daemon told, as `level: message`. */
export interface Told extends IngestLog {
  readonly lines: string[];
}

export function listen(): Told {
  const lines: string[] = [];
  const say = (level: string) => (_fields: object, message: string) => void lines.push(`${level}: ${message}`);
  return { lines, info: say('info'), warn: say('warn'), error: say('error') };
}

/** An Ingest that ends with the test. */
export function newIngest(store: Store, limits: Partial<IngestLimits> = {}, log = listen()): Ingest {
  const all = { records: 4096, waitMs: 5, ...limits };
  const ingest = new Ingest({ store, localHost: 'vm', nowMs: Date.now, log, limits: () => all });
  onTestFinished(() => ingest.stop());
  return ingest;
}

/** A source whose batches a test gives by hand; it knows what was asked of it. */
export class HandSource implements Source {
  readonly name: string;
  readonly asked: (string | undefined)[] = [];
  /** Cursors that are stored. */
  readonly committed: string[] = [];
  readonly stored = (cursor: string): void => void this.committed.push(cursor);
  /** How many batches were taken. */
  taken = 0;
  /** It is being read. */
  begin: () => void = () => undefined;
  #queue: (SourceBatch | Error)[] = [];
  #wake: (() => void) | undefined;

  constructor(name: string) {
    this.name = name;
  }

  give(...batches: (SourceBatch | Error)[]): void {
    this.#queue.push(...batches);
    this.#wake?.();
  }

  async *batches(from: string | undefined, signal: AbortSignal, begun?: () => void): AsyncGenerator<SourceBatch> {
    this.asked.push(from);
    this.begin = () => begun?.();
    signal.addEventListener('abort', () => this.#wake?.());
    while (!signal.aborted) {
      const next = this.#queue.shift();
      if (next instanceof Error) throw next;
      if (next) {
        this.taken++;
        yield next;
      } else {
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    }
  }
}

export function spec(source: Source, kind: Kind | (() => Kind)): IngestSpec {
  const tell = typeof kind === 'function' ? kind : () => kind;
  return { key: source.name, source, kindOf: () => tell };
}

export const text = (lines: string, cursor = '1'): SourceBatch => ({ chunk: Buffer.from(lines), cursor });

export async function until(what: () => boolean, withinMs = 5000): Promise<void> {
  for (const end = Date.now() + withinMs; !what(); await sleep(5)) {
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms: ${what.toString()}`);
  }
}

export function tallies(store: Store): RunTally[] {
  return store.tallies(store.runs({}).map((run) => run.id));
}

export function counted(store: Store): number {
  return tallies(store).reduce((sum, { count }) => sum + count, 0);
}
