import type { SeccompRecord } from '../record/record.ts';

/**
 * Which records belong to a run where no session of its own could be opened. Its processes share the caller's session
 * with others, so a record is taken when it is of that session and of a process that was not there before the run.
 * Complete, but not exact: another program under a log filter in the same session would be counted too. `confirm`
 * tells which pids the process tree has shown to be descendants.
 */
export class Processes {
  readonly #inherited: number;
  readonly #before: ReadonlySet<number>;
  readonly #pids = new Set<number>();
  readonly #confirmed = new Set<number>();
  readonly #ours: (record: SeccompRecord) => void;

  constructor(inherited: number, before: ReadonlySet<number>, ours: (record: SeccompRecord) => void) {
    this.#inherited = inherited;
    this.#before = before;
    this.#ours = ours;
  }

  push(record: SeccompRecord): void {
    if (!this.#pids.has(record.pid)) {
      // A confirmed process may have left the session before its first record.
      const ours = record.ses === this.#inherited && !this.#before.has(record.pid);
      if (!ours && !this.#confirmed.has(record.pid)) return;
      this.#pids.add(record.pid);
    }
    this.#ours(record);
  }

  confirm(pid: number): void {
    this.#confirmed.add(pid);
  }

  /** Pids whose records were taken, and how many of them the process tree has shown. */
  counts(): { readonly taken: number; readonly confirmed: number } {
    const confirmed = [...this.#pids].filter((pid) => this.#confirmed.has(pid)).length;
    return { taken: this.#pids.size, confirmed };
  }
}
