import { onTestFinished } from 'vitest';
import type { Loss } from '../../../src/observe/tally.ts';
import { type TailOptions, tailFile } from '../../../src/source/tail/tail-file.ts';

/** Reads a log in this process and keeps what came; `cursor` is what a daemon would have stored. */
export class Follow {
  text = '';
  cursor: string | undefined;
  /** Texts of the files, in the order in which they were begun. */
  readonly files: string[] = [];
  readonly losses: Loss[] = [];
  readonly warnings: string[] = [];
  /** Every cursor that could have been stored last when it was killed, with the text up to it. */
  readonly commits: { readonly cursor: string; readonly text: string }[] = [];
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;

  constructor(path: string, from?: string, options: TailOptions = {}) {
    this.cursor = from;
    const warn = (text: string): void => void this.warnings.push(text);
    this.#done = this.#read(tailFile(path, { warn, ...options }).batches(from, this.#stop.signal));
    onTestFinished(async () => void (await this.end()));
  }

  async #read(batches: ReturnType<ReturnType<typeof tailFile>['batches']>): Promise<void> {
    for await (const { chunk, cursor, restart, losses = [] } of batches) {
      if (restart === true || this.files.length === 0) this.files.push('');
      this.text += chunk.toString();
      this.files[this.files.length - 1] += chunk.toString();
      this.losses.push(...losses);
      this.cursor = cursor;
      this.commits.push({ cursor, text: this.text });
    }
  }

  /** Waits until it is so, 5 s at most, and gives back what was read. */
  async until(is: (follow: this) => boolean, timeoutMs = 5000): Promise<string> {
    for (const end = Date.now() + timeoutMs; !is(this) && Date.now() < end; ) await pause(2);
    return this.text;
  }

  /** Waits until this text has come. */
  async has(text: string): Promise<string> {
    return this.until((follow) => follow.text.includes(text));
  }

  async end(): Promise<string | undefined> {
    this.#stop.abort();
    await this.#done;
    return this.cursor;
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
