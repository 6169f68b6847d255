import { messageOf } from '../../errors.ts';
import type { LossState } from '../../observe/import-losses.ts';
import type { Carrier } from '../../record/carrier.ts';
import type { Trust } from '../../record/trust.ts';
import type { SourceBatch } from '../../source/source.ts';
import { mayPass } from '../../store/failure.ts';
import { Pass, type PassOptions } from '../books/pass.ts';
import type { LaneWorld } from './world.ts';

/** What a source's records are read as. */
export interface Kind {
  readonly carrier: Carrier;
  readonly trust: Trust;
  /** The boot of a live source. */
  readonly bootId?: string | undefined;
}

/** Where nothing but the cursor moved, it is stored this much later: all that is lost is a second reading of other's lines. */
const CURSOR_MS = 1000;
/** Where a batch was this large, the next may take this long: a transaction costs more than its records. */
const LARGE_RECORDS = 64;
const LARGE_MS = 150;
const RETRY_MS = 100;
const RETRY_MOST_MS = 2000;
/** Losses are held against what other sources brought since, at most this often. */
const SETTLE_MS = 1000;
/** Where no record came for so long, none is late: what is missing before is told. */
const QUIET_MS = 5000;
const NEWLINE = 0x0a;

export interface WriterOptions {
  /** The source's, in the store. */
  readonly name: string;
  /** Takes the store's error that no waiting mends. */
  readonly failed: (error: unknown) => void;
  /** Takes the source's cursor once the store has it. */
  readonly committed: (cursor: string) => void;
}

/**
 * Stores one source's batches: soon, all or nothing, each with its cursor. While the store cannot take them (locked, full)
 * it holds them and the source, and tries again. Any other error of the store goes to `failed`.
 */
export class IngestWriter {
  readonly #world: LaneWorld;
  readonly #name: string;
  readonly #failed: (error: unknown) => void;
  readonly #committed: (cursor: string) => void;
  #kind: Kind | undefined;
  #pass: Pass | undefined;
  #at: string | undefined;
  #moved = false;
  #timer: NodeJS.Timeout | undefined;
  #dueMs = Number.POSITIVE_INFINITY;
  #storedMs = 0;
  #storedRecords = 0;
  #recordMs = 0;
  #settledMs = 0;
  #stuckMs: number | undefined;
  #retryMs = RETRY_MS;
  #room: (() => void)[] = [];
  #closed = false;

  constructor(world: LaneWorld, { name, failed, committed }: WriterOptions) {
    this.#world = world;
    this.#name = name;
    this.#failed = failed;
    this.#committed = committed;
    this.#at = this.#stored()?.place.at;
  }

  /** The source's own cursor after what was taken last. */
  get at(): string | undefined {
    return this.#at;
  }

  /** When the last record came, milliseconds since 1970; undefined: none did. */
  get recordMs(): number | undefined {
    return this.#recordMs === 0 ? undefined : this.#recordMs;
  }

  /** Since when the store has taken nothing, milliseconds since 1970. */
  get stuckMs(): number | undefined {
    return this.#stuckMs;
  }

  /** Takes a batch, and resolves when there is room for another. */
  async take({ chunk, cursor, restart, losses }: SourceBatch, kind: Kind): Promise<void> {
    const pass = this.#passFor(kind);
    if (restart) pass.restart();
    pass.lost(losses ?? []);
    pass.push(chunk);
    if (pass.waiting > 0) this.#recordMs = this.#world.nowMs();
    // A line that is not whole is read again with its beginning.
    if (chunk.length === 0 || chunk.at(-1) === NEWLINE) {
      this.#at = cursor;
      this.#moved = true;
    }
    const full = pass.waiting >= this.#world.limits().records;
    if (full && this.#stuckMs === undefined) this.#store();
    else this.#soon(pass);
    if (this.#stuckMs !== undefined && full) await new Promise<void>((resolve) => this.#room.push(resolve));
  }

  /** What follows does not continue what was taken: a line without its end is dropped. */
  interrupt(): void {
    this.#pass?.drop();
  }

  /** The source has ended: what stands after its last newline is a line too. */
  end(): void {
    this.#pass?.end();
  }

  /** Stores the rest; gives up where the store does not take it in time. Gives how many records and losses it left. */
  async close(deadlineMs: number): Promise<number> {
    this.#closed = true;
    // What has been tried for long is tried once more only: each attempt takes its time.
    const untilMs = this.#retryMs < RETRY_MOST_MS ? deadlineMs : 0;
    while (!this.#store() && this.#stuckMs !== undefined && this.#world.nowMs() + RETRY_MS < untilMs) {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    this.#stop();
    return this.#pass?.waiting ?? 0;
  }

  /** Lets a taker go that waits for room. */
  release(): void {
    for (const resolve of this.#room.splice(0)) resolve();
  }

  #passFor(kind: Kind): Pass {
    if (this.#pass && this.#kind?.carrier === kind.carrier && this.#kind.trust === kind.trust) return this.#pass;
    // What waits is stored as what it was; a store that cannot take it now stops the source, and it is read again.
    if (this.#pass && !this.#store()) throw new Error(`${this.#name}: the store cannot take what was read before`);
    const earlier = this.#stored();
    const { carrier, trust, bootId } = kind;
    const options: PassOptions = {
      name: this.#name,
      carrier,
      trust,
      bootId,
      localHost: this.#world.localHost,
      earlier: earlier && { ...earlier.row, losses: earlier.place.losses },
    };
    this.#kind = kind;
    return (this.#pass = new Pass(this.#world, options));
  }

  #stored() {
    const row = this.#world.store.sources().find(({ source }) => source === this.#name);
    return row && { row, place: placeOf(row.cursor) };
  }

  #soon(pass: Pass): void {
    if (this.#closed || (pass.waiting === 0 && !this.#moved)) return;
    const now = this.#world.nowMs();
    const waitMs = pass.waiting > 0 ? this.#batchMs() : CURSOR_MS;
    this.#schedule(this.#stuckMs === undefined ? Math.max(now, this.#storedMs + waitMs) : now + this.#retryMs);
  }

  #batchMs(): number {
    const { waitMs } = this.#world.limits();
    return this.#storedRecords >= LARGE_RECORDS ? Math.max(waitMs, LARGE_MS) : waitMs;
  }

  #schedule(dueMs: number): void {
    if (this.#closed || this.#dueMs <= dueMs) return;
    clearTimeout(this.#timer);
    this.#dueMs = dueMs;
    this.#timer = setTimeout(() => {
      this.#dueMs = Number.POSITIVE_INFINITY;
      this.#store();
    }, dueMs - this.#world.nowMs());
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#dueMs = Number.POSITIVE_INFINITY;
  }

  /** False where the store did not take it. */
  #store(): boolean {
    this.#stop();
    const pass = this.#pass;
    const { nowMs, log } = this.#world;
    const quiet = pass?.open === true && nowMs() >= this.#recordMs + QUIET_MS;
    if (!pass || (pass.waiting === 0 && !this.#moved && !quiet)) return true;
    const { waiting } = pass;
    try {
      const startedMs = performance.now();
      const settle = nowMs() >= this.#settledMs + SETTLE_MS;
      pass.commit({ cursor: (losses) => JSON.stringify({ at: this.#at, losses }), last: false, quiet, settle });
      if (settle) this.#settledMs = nowMs();
      this.#world.totals.note(pass);
      this.#world.stored?.({ seconds: (performance.now() - startedMs) / 1000, records: waiting });
    } catch (error) {
      this.#troubled(error, pass);
      return false;
    }
    if (this.#at !== undefined) this.#committed(this.#at);
    this.#moved = false;
    this.#storedMs = nowMs();
    this.#storedRecords = waiting;
    if (this.#stuckMs !== undefined) {
      log.info(
        { source: this.#name, afterMs: nowMs() - this.#stuckMs },
        'the store takes records again: nothing is lost',
      );
    }
    this.#stuckMs = undefined;
    this.#retryMs = RETRY_MS;
    if (pass.open) this.#schedule(this.#recordMs + QUIET_MS);
    this.release();
    return true;
  }

  #troubled(error: unknown, pass: Pass): void {
    const { nowMs, log } = this.#world;
    if (!mayPass(error)) return this.#failed(error);
    if (this.#stuckMs === undefined) {
      log.error(
        { source: this.#name, waiting: pass.waiting },
        `${messageOf(error)}; the source is held until it can be`,
      );
    }
    this.#stuckMs ??= nowMs();
    this.#schedule(nowMs() + this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MOST_MS);
  }
}

interface Place {
  readonly at: string | undefined;
  readonly losses: LossState | undefined;
}

/** What #store() wrote; the row of another writer's making tells nothing. */
function placeOf(cursor: string): Place {
  const { at, losses } = JSON.parse(cursor) as Partial<Place>;
  return { at: typeof at === 'string' ? at : undefined, losses: at === undefined ? undefined : losses };
}
