/** The time of events of one host, milliseconds since 1970. */
export interface HostTime {
  readonly host: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A log may name any number of hosts: the first so many are kept. */
const HOSTS_MAX = 64;

/** From when to when each host's events were. */
export class Times {
  #times = new Map<string, HostTime>();

  widen(host: string, atMs: number): void {
    const time = this.#times.get(host);
    if (time && time.fromMs <= atMs && atMs <= time.toMs) return;
    if (!time && this.#times.size >= HOSTS_MAX) return;
    const { fromMs, toMs } = time ?? { fromMs: atMs, toMs: atMs };
    this.#times.set(host, { host, fromMs: Math.min(fromMs, atMs), toMs: Math.max(toMs, atMs) });
  }

  copy(): Times {
    const copy = new Times();
    copy.#times = new Map(this.#times);
    return copy;
  }

  /** What was widened since; forgets it. */
  take(): readonly HostTime[] {
    const times = [...this.#times.values()];
    this.#times = new Map();
    return times;
  }
}
