import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Follow, pause } from './follow.ts';

const RUNS = 60 * Number(process.env.PROFILER_SWEEP ?? '1');

/** A log, its writer and its rotator: each step is one that happens on real machines. */
class Model {
  readonly log: string;
  lines = 0;
  /** What the writer still owes of a line that it has begun. */
  #owed = '';
  #files = 0;
  #fd: number;

  constructor(directory: string) {
    this.log = join(directory, 'log');
    this.#fd = openSync(this.log, 'a');
  }

  append(length: number): void {
    this.finish();
    this.half(length);
    this.finish();
  }

  half(length: number): void {
    this.finish();
    const line = `n=${this.lines} ${'x'.repeat(length)} n=${this.lines}\n`;
    this.lines++;
    const at = 1 + (length % (line.length - 1));
    writeSync(this.#fd, line.slice(0, at));
    this.#owed = line.slice(at);
  }

  finish(): void {
    writeSync(this.#fd, this.#owed);
    this.#owed = '';
  }

  /** The writer goes on with the old file until reopen(). */
  rename(): void {
    if (!existsSync(this.log)) return;
    this.#shift();
    renameSync(this.log, `${this.log}.1`);
  }

  reopen(): void {
    this.finish();
    closeSync(this.#fd);
    this.#fd = openSync(this.log, 'a');
  }

  /** No line is half written when its file is emptied: its second half would stand alone, which nobody could mend. */
  copyAndEmpty(): void {
    this.reopen();
    this.#shift();
    copyFileSync(this.log, `${this.log}.1`);
    truncateSync(this.log);
  }

  /** Not the newest: it may be written to yet. */
  pack(): void {
    for (let at = 2; at <= this.#files; at++) {
      const path = `${this.log}.${at}`;
      if (!existsSync(path)) continue;
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
      unlinkSync(path);
    }
  }

  move(): void {
    if (!existsSync(this.log) || this.#owed !== '') return;
    // As an editor or a restored backup: the same bytes in another inode.
    writeFileSync(`${this.log}~`, readFileSync(this.log));
    renameSync(`${this.log}~`, this.log);
    this.reopen();
  }

  end(): void {
    this.reopen();
    closeSync(this.#fd);
  }

  #shift(): void {
    for (let at = this.#files; at > 0; at--) {
      for (const packed of ['', '.gz']) {
        const path = `${this.log}.${at}${packed}`;
        if (existsSync(path)) renameSync(path, `${this.log}.${at + 1}${packed}`);
      }
    }
    this.#files++;
  }
}

type Step = readonly [name: Exclude<keyof Model, 'log' | 'lines' | 'end'>, length: number, pauseMs: number];

const step: fc.Arbitrary<Step> = fc.tuple(
  fc.oneof(
    { weight: 8, arbitrary: fc.constant('append' as const) },
    { weight: 3, arbitrary: fc.constant('half' as const) },
    { weight: 4, arbitrary: fc.constantFrom('rename', 'reopen', 'copyAndEmpty', 'pack', 'finish') },
    { weight: 1, arbitrary: fc.constant('move' as const) },
  ),
  fc.oneof(fc.nat(40), fc.nat(5000)),
  fc.constantFrom(0, 0, 0, 1, 4),
);

/** Steps while a reader runs, and which of its commits was its last before it was killed, in thousandths. */
const life = fc.record({ steps: fc.array(step, { maxLength: 12 }), killed: fc.nat(1000) });

test(`whatever the rotator does and whenever the reader is killed, each line is read once (${RUNS} histories)`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 4 }), async (lives) => {
      const directory = mkdtempSync(join(tmpdir(), 'profiler-model-'));
      try {
        const { numbers, wanted, losses } = await history(new Model(directory), lives);
        expect(numbers).toEqual(wanted);
        expect(losses).toEqual([]);
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
}, 600_000);

interface Life {
  readonly steps: readonly Step[];
  readonly killed: number;
}

/** What was read in all lives, and what was written. */
async function history(model: Model, lives: readonly Life[]) {
  appendFileSync(model.log, '');
  let cursor: string | undefined;
  let text = '';
  const losses: unknown[] = [];
  for (const { steps, killed } of lives) {
    const follow = new Follow(model.log, cursor, { sinceMs: 0 });
    for (const [name, length, pauseMs] of steps) {
      model[name](length);
      if (pauseMs > 0) await pause(pauseMs);
    }
    await follow.end();
    const last = follow.commits[Math.floor((killed / 1001) * (follow.commits.length + 1)) - 1];
    text += last?.text ?? '';
    cursor = last?.cursor ?? cursor;
    losses.push(...(last ? follow.losses : []));
  }
  model.end();
  const follow = new Follow(model.log, cursor, { sinceMs: 0 });
  const lines = (): string[] => (text + follow.text).split('\n').slice(0, -1);
  await follow.until(() => lines().length >= model.lines, 3000);
  await pause(5);
  await follow.end();
  const numbers = lines().map((line) => Number(/^n=(\d+) x* n=\1$/.exec(line)?.[1]));
  return {
    numbers: numbers.sort((a, b) => a - b),
    wanted: Array.from({ length: model.lines }, (_, at) => at),
    losses: [...losses, ...follow.losses],
  };
}
