/**
 * Finds serials that never came. The kernel gives every audit event the next serial (kernel/audit.c audit_serial) and
 * every event is in the stream, so a serial that is missing is an event that was lost. Events of different CPUs may swap
 * places; the records of one event share a serial.
 */
export class SerialGaps {
  /** Missing spans in ascending order; both ends belong to them. */
  readonly #missing: { from: number; to: number }[] = [];
  #next: number;
  #forgotten = 0;

  /** `serial` is the first that counts; what is before it is ignored. */
  constructor(serial: number) {
    this.#next = serial + 1;
  }

  push(serial: number): void {
    if (serial >= this.#next) {
      if (serial > this.#next) this.#miss(this.#next, serial - 1);
      this.#next = serial + 1;
    } else {
      this.#arrive(serial);
    }
  }

  /** Events lost before `serial`; all that are known where it is left out. */
  missing(serial = Number.POSITIVE_INFINITY): number {
    const counted = this.#missing.map(({ from, to }) => Math.max(0, Math.min(to, serial - 1) - from + 1));
    return counted.reduce((sum, count) => sum + count, this.#forgotten);
  }

  #miss(from: number, to: number): void {
    this.#missing.push({ from, to });
    if (this.#missing.length <= SPANS_MAX) return;
    for (const span of this.#missing.splice(0, SPANS_MAX / 2)) this.#forgotten += span.to - span.from + 1;
  }

  /** An event that came late: its serial is no longer missing. */
  #arrive(serial: number): void {
    for (let at = this.#missing.length - 1; at >= 0; at--) {
      const span = this.#missing[at];
      if (!span || span.to < serial) return;
      if (span.from > serial) continue;
      const rest = [
        { from: span.from, to: serial - 1 },
        { from: serial + 1, to: span.to },
      ].filter(({ from, to }) => from <= to);
      this.#missing.splice(at, 1, ...rest);
      return;
    }
  }
}

/** Events swap places by a few serials at most: older spans need no more than their sum. */
const SPANS_MAX = 4096;
