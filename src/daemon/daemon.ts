import { statSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Ingest } from '../app/ingest/ingest.ts';
import { ingestSpecs, type SpecWorld } from '../app/ingest/specs.ts';
import type { IngestWorld } from '../app/ingest/world.ts';
import { readLossFacts } from '../app/machine/loss-facts.ts';
import { lossSettings, usesOf } from '../app/machine/loss-settings.ts';
import { quoted } from '../app/quoted.ts';
import { loadConfig } from '../config/load.ts';
import { databasePath } from '../config/paths.ts';
import type { Config } from '../config/schema.ts';
import { messageOf } from '../errors.ts';
import { nativePart } from '../launch/native.ts';
import { printable } from '../record/name.ts';
import { lockForDaemon } from '../store/daemon-lock.ts';
import type { Store } from '../store/store.ts';
import { type Logger, newLog } from './log.ts';
import { Metrics } from './metrics/metrics.ts';
import type { Figures } from './metrics/registry.ts';
import { type Notify, startNotify } from './notify.ts';
import { openStoreInTime } from './open-store.ts';
import { statusLine } from './status-line.ts';

const STATUS_MS = 60_000;
/** So long a start waits for sources that neither begin nor fail. */
const BEGIN_MOST_MS = 5000;

export interface DaemonWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadableStream;
  /** Takes the log. */
  readonly write: (line: string) => void;
  readonly nowMs: () => number;
  readonly uid: number;
  readonly pid: number;
  readonly version: string;
  /** Ends the daemon. */
  readonly signal: AbortSignal;
  /** Calls `reload` when the configuration is to be read again; gives what stops that. */
  readonly onReload: (reload: () => void) => () => void;
}

/**
 * Reads every configured source into the store until the signal, or until all have ended. Throws ConfigError for the
 * configuration, RefusedError where another daemon has the database or the store fails for good.
 */
export async function runDaemon(configPath: string, world: DaemonWorld): Promise<void> {
  const config = loadConfig(configPath);
  const log = newLog(world.write, config.log.level);
  const path = config.database ?? databasePath(undefined, world.env, world.uid);
  const store = await openStoreInTime(path, log, world.signal);
  if (!store) return;
  try {
    const release = lockForDaemon(path, { pid: world.pid, sinceMs: world.nowMs() });
    try {
      await new Daemon({ config, configPath, path, log, store, world }).run();
    } finally {
      release();
    }
  } finally {
    store.close();
    log.info({ database: path }, 'ended');
  }
}

interface Parts {
  readonly config: Config;
  readonly configPath: string;
  readonly path: string;
  readonly log: Logger;
  readonly store: Store;
  readonly world: DaemonWorld;
}

class Daemon {
  readonly #parts: Parts;
  readonly #ingest: Ingest;
  readonly #notify: Notify;
  readonly #metrics: Metrics;
  #config: Config;
  #reloads: Promise<void> = Promise.resolve();

  constructor(parts: Parts) {
    const { config, log, store, world } = parts;
    this.#parts = parts;
    this.#config = config;
    const failed = (why: string) => log.warn(`the service manager is not told: ${why}`);
    this.#notify = startNotify({ env: world.env, pid: world.pid, program: nativePart('notify'), failed });
    const limits = () => ({ records: this.#config.batch.records, waitMs: this.#config.batch.wait_ms });
    const localHost = config.host ?? printable(hostname());
    this.#metrics = new Metrics(() => this.#figures(), log);
    const stored: IngestWorld['stored'] = (batch) => this.#metrics.stored(batch);
    this.#ingest = new Ingest({ store, localHost, nowMs: world.nowMs, log, limits, stored });
  }

  async run(): Promise<void> {
    const { path, log, world } = this.#parts;
    const stopReloading = world.onReload(() => {
      this.#reloads = this.#reloads.then(() => this.#reload());
    });
    this.#warn();
    const status = setInterval(() => this.#tell(), STATUS_MS);
    try {
      await this.#ingest.apply(this.#specs());
      await this.#metrics.apply(this.#config.metrics);
      await this.#begun();
      log.info({ database: path, sources: this.#config.source.length }, 'ready');
      this.#notify.send('READY=1', this.#status());
      await Promise.race([aborted(world.signal), this.#ingest.ended]);
    } catch (error) {
      log.fatal(messageOf(error));
      throw error;
    } finally {
      clearInterval(status);
      stopReloading();
      this.#notify.send('STOPPING=1');
      await this.#reloads;
      await this.#metrics.close();
      await this.#ingest.stop();
      this.#tell();
      await this.#notify.close();
    }
  }

  /** Tells each setting of this machine that loses records on a way that is read, and once what cannot be known. */
  #warn(): void {
    const { log, configPath } = this.#parts;
    const faults = lossSettings(readLossFacts(), usesOf(this.#config)).filter(({ verdict }) => verdict !== 'ok');
    const [unknown, known] = [true, false].map((is) => faults.filter((one) => (one.unknown === true) === is));
    for (const { what, told, fix } of known ?? [])
      log.warn({ setting: what, fix }, `records may be lost: ${what}: ${told}`);
    if (!unknown || unknown.length === 0) return;
    const settings = unknown.map(({ what }) => what).join(', ');
    const fix = `sudo profiler doctor --config ${quoted(configPath)}`;
    log.warn({ fix }, `whether records may be lost is not known to this user of: ${settings}`);
  }

  /** What cannot be read or is no configuration changes nothing. */
  async #reload(): Promise<void> {
    const { configPath, log, world } = this.#parts;
    if (world.signal.aborted) return;
    this.#notify.send('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
    try {
      const next = loadConfig(configPath);
      for (const key of ['database', 'host'] as const) {
        if (next[key] !== this.#config[key]) log.warn(`${key}: changed, which takes a restart`);
      }
      const changed = JSON.stringify(next.source) !== JSON.stringify(this.#config.source);
      this.#config = next;
      if (changed) this.#warn();
      log.level = next.log.level;
      await this.#ingest.apply(this.#specs());
      await this.#metrics.apply(next.metrics);
      log.info({ sources: next.source.length }, 'the configuration was read again');
    } catch (error) {
      log.error(`the configuration before stays in force: ${messageOf(error)}`);
    }
    await this.#begun();
    this.#notify.send('READY=1', this.#status());
  }

  /** Waits until every source is read or has failed once, but not for ever. */
  async #begun(): Promise<void> {
    const ingest = this.#ingest;
    await Promise.race([
      ingest.begun(),
      ingest.ended,
      sleep(BEGIN_MOST_MS, undefined, { ref: false }),
      aborted(this.#parts.world.signal),
    ]);
  }

  #status(): string {
    const { figures, totals } = this.#ingest;
    const { troubled } = statusLine(figures, totals);
    return [`STATUS=reading ${this.#config.source.length} sources`, ...troubled].join('; ');
  }

  #specs() {
    const { log, world } = this.#parts;
    const warn: SpecWorld['warn'] = (source, text) => log.warn({ source }, text);
    return ingestSpecs(this.#config, { stdin: world.stdin, uid: world.uid, nowMs: world.nowMs, warn });
  }

  #figures(): Figures {
    const { path, world } = this.#parts;
    const { figures: lanes, totals } = this.#ingest;
    const bytes = { database: bytesOf(path), wal: bytesOf(`${path}-wal`) };
    return { lanes, totals, bytes, nowMs: world.nowMs(), version: world.version };
  }

  #tell(): void {
    const { log } = this.#parts;
    const { lanes, totals, bytes } = this.#figures();
    const dbBytes = bytes.database + bytes.wal;
    log.info({ ...statusLine(lanes, totals), dbBytes, rssBytes: process.memoryUsage.rss() }, 'status');
  }
}

function bytesOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
}
