import type { LogFile } from './family.ts';
import { fileById } from './family.ts';
import type { OpenLog } from './log.ts';
import { openLogAt } from './open-log.ts';
import type { Position } from './position.ts';

/** After a rotation a writer may go on with the old file until it is told, and a line of it may be half written. */
const LINGER_MS = 30_000;

/** The file before the current one, until it has been quiet for half a minute. */
export class Trailing {
  readonly log: OpenLog;
  #grewMs = performance.now();

  constructor(log: OpenLog) {
    this.log = log;
  }

  /** Finds it again after a restart; undefined where it is gone, or no longer what it was. */
  static async find(path: string, position: Position): Promise<Trailing | undefined> {
    const file: LogFile | undefined = await fileById(path, position.id);
    const log = file && (await openLogAt(file, position));
    return log === undefined || typeof log === 'string' ? undefined : new Trailing(log);
  }

  get position(): Position {
    return this.log.place.position;
  }

  get quiet(): boolean {
    return performance.now() - this.#grewMs > LINGER_MS;
  }

  /** Lines that came late; undefined where there are none. */
  async late(): Promise<Buffer | undefined> {
    const look = await this.log.look();
    if (look.kind !== 'lines') return undefined;
    this.#grewMs = performance.now();
    return look.chunk;
  }

  /** The half line that nobody will end. */
  async rest(): Promise<Buffer | undefined> {
    return this.log.rest();
  }

  async close(): Promise<void> {
    await this.log.close();
  }
}
