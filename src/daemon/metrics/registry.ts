import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { LaneFigures } from '../../app/ingest/lane.ts';
import type { Totals } from '../../app/ingest/totals.ts';
import type { StoredBatch } from '../../app/ingest/world.ts';
import { printable } from '../../record/name.ts';

/** What the daemon knows of itself when it is asked. */
export interface Figures {
  readonly totals: Totals;
  readonly lanes: readonly LaneFigures[];
  readonly nowMs: number;
  readonly bytes: { readonly database: number; readonly wal: number };
  readonly version: string;
}

export interface MetricsRegistry {
  readonly contentType: string;
  readonly text: () => Promise<string>;
  readonly measure: (batch: StoredBatch) => void;
}

/** A glob may match any number of files, of any names: so many sources are told one by one, each by so much of its name. */
const SOURCES_MAX = 256;
const NAME_MAX = 200;

/** The daemon's metrics; `figures` is asked at each scrape. */
export function newRegistry(figures: () => Figures): MetricsRegistry {
  const registry = new Registry();
  const registers = [registry];
  counters(registry, figures);
  sources(registry, figures);
  itself(registry, figures);
  const seconds = new Histogram({
    name: 'profiler_batch_seconds',
    help: 'Time that the store took for a batch.',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  });
  const records = new Histogram({
    name: 'profiler_batch_records',
    help: 'Records and losses in a batch.',
    buckets: [0, 1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536],
    registers,
  });
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    measure: (batch) => {
      seconds.observe(batch.seconds);
      records.observe(batch.records);
    },
  };
}

type Ask = () => Figures;

/** Name, help, the first word of the counters that it shows, and the labels that the other words are. */
const COUNTERS = [
  ['profiler_records_total', 'Records that were stored, each event once.', 'records', ['carrier', 'type', 'trust']],
  ['profiler_duplicates_total', 'Records that were stored before.', 'duplicates', ['carrier']],
  ['profiler_rejected_total', 'Lines that are records, but broken.', 'rejected', ['reason']],
  ['profiler_losses_total', 'Places where records are missing.', 'losses', ['reason']],
  ['profiler_lost_records_total', 'Records that are missing, at most, where that is known.', 'lost', ['reason']],
  ['profiler_losses_unknown_total', 'Places where nobody knows how many are missing.', 'unknown', ['reason']],
] as const;

function counters(registry: Registry, figures: Ask): void {
  for (const [name, help, word, labelNames] of COUNTERS) {
    registry.registerMetric(
      new Counter<string>({
        name,
        help,
        labelNames,
        registers: [],
        collect() {
          this.reset();
          for (const [counter, count] of figures().totals.counters) {
            const [first, ...values] = counter.split(' ');
            if (first !== word) continue;
            this.inc(Object.fromEntries(labelNames.map((label, at) => [label, values[at] ?? ''])), count);
          }
        },
      }),
    );
  }
}

function sources(registry: Registry, figures: Ask): void {
  const each = (name: string, help: string, value: (lane: LaneFigures, nowMs: number) => number | undefined) =>
    registry.registerMetric(
      new Gauge({
        name,
        help,
        labelNames: ['source'],
        registers: [],
        collect() {
          this.reset();
          const { lanes, nowMs } = figures();
          for (const lane of lanes.slice(0, SOURCES_MAX)) {
            const found = value(lane, nowMs);
            if (found !== undefined) this.set({ source: printable(lane.source).slice(0, NAME_MAX) }, found);
          }
        },
      }),
    );
  each('profiler_source_up', '0 where the source cannot be read at present.', ({ trouble }) =>
    trouble === undefined ? 1 : 0,
  );
  each(
    'profiler_source_lag_seconds',
    'For how long the store has not taken its records.',
    ({ stuckMs }) => stuckMs / 1000,
  );
  each('profiler_source_last_record_seconds', 'Time since its last record came.', ({ recordMs }, nowMs) =>
    recordMs === undefined ? undefined : Math.max(0, nowMs - recordMs) / 1000,
  );
  gauge(
    registry,
    'profiler_sources',
    'Sources that are read, also those that are not told one by one.',
    () => figures().lanes.length,
  );
}

/** What prom-client's defaults tell of the process, but for those that keep a timer running while nothing happens. */
function itself(registry: Registry, figures: Ask): void {
  registry.registerMetric(
    new Gauge({
      name: 'profiler_database_bytes',
      help: 'Size of the database and of its write-ahead log.',
      labelNames: ['file'],
      registers: [],
      collect() {
        for (const [file, bytes] of Object.entries(figures().bytes)) this.set({ file }, bytes);
      },
    }),
  );
  const build = new Gauge({
    name: 'profiler_build_info',
    help: 'Which profiler, on which Node.js.',
    labelNames: ['version', 'node'],
    registers: [registry],
  });
  build.set({ version: figures().version, node: process.versions.node }, 1);
  gauge(registry, 'process_resident_memory_bytes', 'Resident memory size in bytes.', () => process.memoryUsage.rss());
  gauge(registry, 'process_start_time_seconds', 'Start time of the process since unix epoch in seconds.', () =>
    Math.round(performance.timeOrigin / 1000),
  );
  registry.registerMetric(
    new Counter({
      name: 'process_cpu_seconds_total',
      help: 'Total user and system CPU time spent in seconds.',
      registers: [],
      collect() {
        const { user, system } = process.cpuUsage();
        this.reset();
        this.inc((user + system) / 1e6);
      },
    }),
  );
}

function gauge(registry: Registry, name: string, help: string, value: () => number): void {
  registry.registerMetric(
    new Gauge({
      name,
      help,
      registers: [],
      collect() {
        this.set(value());
      },
    }),
  );
}
