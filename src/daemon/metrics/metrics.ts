import type { StoredBatch } from '../../app/ingest/world.ts';
import type { MetricsConfig } from '../../config/schema.ts';
import { messageOf } from '../../errors.ts';
import type { Logger } from '../log.ts';
import type { Figures } from './registry.ts';
import type { Endpoint, MetricsServer } from './server.ts';

/** Serves /metrics where the configuration says so. Without that nothing of it is loaded, and nothing listens. */
export class Metrics {
  readonly #figures: () => Figures;
  readonly #log: Logger;
  readonly #servers = new Map<string, MetricsServer>();
  #measure: ((batch: StoredBatch) => void) | undefined;

  constructor(figures: () => Figures, log: Logger) {
    this.#figures = figures;
    this.#log = log;
  }

  /** Opens and closes what has changed; what cannot be opened is told, and tried again the next time. */
  async apply(config: MetricsConfig): Promise<void> {
    const wanted = endpoints(config);
    for (const [name, server] of this.#servers) {
      if (wanted.has(name)) continue;
      this.#servers.delete(name);
      await server.close();
      this.#log.info({ metrics: name }, 'metrics are served no more');
    }
    for (const [name, endpoint] of wanted) if (!this.#servers.has(name)) await this.#open(name, endpoint);
  }

  stored(batch: StoredBatch): void {
    this.#measure?.(batch);
  }

  async close(): Promise<void> {
    const servers = [...this.#servers.values()];
    this.#servers.clear();
    await Promise.all(servers.map((server) => server.close()));
  }

  async #open(name: string, endpoint: Endpoint): Promise<void> {
    try {
      const { startServer } = await import('./server.ts');
      const { newRegistry } = await import('./registry.ts');
      this.#registry ??= newRegistry(this.#figures);
      const { text, contentType, measure } = this.#registry;
      this.#servers.set(name, await startServer(endpoint, { contentType, text }));
      this.#measure = measure;
      this.#log.info({ metrics: name }, 'metrics are served');
    } catch (error) {
      this.#log.error({ metrics: name }, `metrics are not served: ${messageOf(error)}`);
    }
  }

  #registry: ReturnType<typeof import('./registry.ts')['newRegistry']> | undefined;
}

function endpoints({ socket, listen }: MetricsConfig): Map<string, Endpoint> {
  const wanted = new Map<string, Endpoint>();
  if (socket !== undefined) wanted.set(socket, { kind: 'socket', path: socket });
  if (listen !== undefined) {
    const colon = listen.lastIndexOf(':');
    const host = listen.slice(0, colon).replace(/^\[|\]$/g, '');
    wanted.set(listen, { kind: 'listen', host, port: Number(listen.slice(colon + 1)) });
  }
  return wanted;
}
