import { type FileTrust, fileTrust, lessTrusted, pathTrust } from '../file-trust.ts';
import type { OpenLog } from './log.ts';

/**
 * What open files are worth, by what was opened and not by what bears the name now. Within one file it can only fall: what
 * was written while others could write it stays what it is.
 */
export class Worth {
  readonly #uid: number;
  readonly #known = new WeakMap<OpenLog, FileTrust>();

  /** `uid` is who reads. */
  constructor(uid: number) {
    this.#uid = uid;
  }

  /** To be asked first when the file is opened: who could have put it there is told by the directories of that time. */
  of(log: OpenLog): FileTrust {
    const before = this.#known.get(log) ?? pathTrust(log.path, this.#uid);
    const now = lessTrusted(before, fileTrust(log.owner, this.#uid));
    this.#known.set(log, now);
    return now;
  }
}
