import { type FSWatcher, watch } from 'chokidar';
import { messageOf } from '../../errors.ts';
import { Nap } from './nap.ts';

/** So many events one after the other, each with something to read, and reading goes by the clock. */
const BURST = 40;
const BURST_MS = 1000;
/** While by the clock: waking for each of 800 records a second costs 58 µs a record, this 6.6–9.3 µs. */
const BUSY_MS = 100;
/** So many looks by the clock that found nothing, and events are listened to again. */
const QUIET_LOOKS = 10;
/** chokidar misses changes now and then (and NFS tells none): a look without an event. Slower when long nothing came. */
const SAFETY_MS = [1000, 1000, 1000, 1000, 1000, 2000, 4000, 8000, 16_000];
const DEAF_MS = 250;
const FALSE_ALARMS = 3;
const FALSE_ALARM_MS = 20;
const UNSETTLED_MS = 50;
/** After so many such looks the safety look is enough. */
const UNSETTLED_LOOKS = 200;

/** What the look before the wait found. */
export interface Found {
  readonly something: boolean;
  /** A rotation is going on: look often, for a while. */
  readonly unsettled: boolean;
}

/** Tells when it is time to look at a file: by its events, and by the clock where there are too many or too few. */
export class Bell {
  readonly #path: string;
  readonly #warn: (text: string) => void;
  #watcher: FSWatcher | undefined;
  #rung = false;
  /** A ring ends the nap. */
  #listening = false;
  readonly #nap = new Nap();
  #busy = false;
  /** Events cannot be had: too many watches (fs.inotify.max_user_watches), mostly. */
  #deaf = false;
  #burst: { since: number; count: number } = { since: 0, count: 0 };
  #dryLooks = 0;
  #unsettled = 0;

  constructor(path: string, warn: (text: string) => void) {
    this.#path = path;
    this.#warn = warn;
  }

  /** Resolves when it is time to look again, or the signal is aborted. */
  async wait({ something, unsettled }: Found, signal: AbortSignal): Promise<void> {
    this.#dryLooks = something ? 0 : this.#dryLooks + 1;
    this.#unsettled = unsettled ? this.#unsettled + 1 : 0;
    if (something) this.#count();
    if (this.#busy && this.#dryLooks >= QUIET_LOOKS) this.#busy = false;
    if (this.#busy) await this.close();
    else this.#listen();
    const rung = this.#rung && !this.#busy;
    // Another file of the directory may ring all the time.
    if (!rung || this.#dryLooks > FALSE_ALARMS) {
      this.#listening = !rung && !this.#busy;
      await this.#nap.sleep(rung ? FALSE_ALARM_MS : this.#patience(), signal);
    }
    this.#rung = false;
  }

  /** The name bears another file: its events are wanted from now on. */
  async renew(): Promise<void> {
    if (!this.#watcher) return;
    await this.close();
    this.#listen();
  }

  async close(): Promise<void> {
    const watcher = this.#watcher;
    this.#watcher = undefined;
    await watcher?.close();
  }

  #count(): void {
    const now = performance.now();
    if (now - this.#burst.since > BURST_MS) this.#burst = { since: now, count: 0 };
    this.#burst.count++;
    if (this.#burst.count >= BURST) this.#busy = true;
  }

  #patience(): number {
    if (this.#busy) return BUSY_MS;
    if (this.#deaf) return DEAF_MS;
    if (this.#unsettled > 0 && this.#unsettled < UNSETTLED_LOOKS) return UNSETTLED_MS;
    return SAFETY_MS[Math.min(this.#dryLooks, SAFETY_MS.length - 1)] ?? BUSY_MS;
  }

  /** chokidar's own events are 20 ms late and throttled; `raw` is what the kernel says, at once. */
  #listen(): void {
    if (this.#watcher) return;
    const ring = (): void => {
      this.#rung = true;
      if (this.#listening) this.#nap.wake();
    };
    const watcher = watch(this.#path, { depth: 0 });
    this.#watcher = watcher;
    watcher.on('raw', ring).on('all', ring).on('ready', ring);
    watcher.on('error', (error) => {
      this.#deaf = true;
      this.#warn(`${this.#path}: cannot be watched, so it is looked at four times a second: ${messageOf(error)}`);
    });
  }
}
