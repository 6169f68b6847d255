import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kmsgSource } from '../../src/source/kmsg.ts';
import type { SourceBatch } from '../../src/source/source.ts';
import { temporary } from '../store/helpers.ts';

const BOOT = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();

/** Stands for audit-listen: says what /dev/kmsg holds, then waits for its end. */
function listener(...lines: readonly string[]): string {
  const program = join(temporary(), 'listen');
  // cat writes them at once, so that they come as one batch.
  writeFileSync(program, `#!/bin/sh\ncat <<END\n#ready $*\n${lines.join('\n')}\nEND\nexec sleep 60\n`);
  chmodSync(program, 0o755);
  return program;
}

async function first(program: string, from: string | undefined): Promise<SourceBatch> {
  const stop = new AbortController();
  try {
    for await (const batch of kmsgSource(program).batches(from, stop.signal)) return batch;
  } finally {
    stop.abort();
  }
  throw new Error('no batch');
}

const LINES = [
  '5,7,100,-;audit: seven',
  ' SUBSYSTEM=acpi',
  '5,8,101,-;audit: eight',
  ' SUBSYSTEM=acpi',
  '5,9,102,-;nine',
];

test.for([
  { what: 'no place', from: undefined, text: LINES, lost: [] },
  { what: 'a place', from: { boot: BOOT, sequence: 7 }, text: LINES.slice(2), lost: [] },
  {
    what: 'a place of another boot',
    from: { boot: 'other', sequence: 8 },
    text: LINES,
    lost: [['carrier-restart', undefined]],
  },
  { what: 'a place that was overwritten', from: { boot: BOOT, sequence: 4 }, text: LINES, lost: [['kmsg-gap', 2]] },
  { what: 'a foreign text', from: 'x', text: LINES, lost: [] },
])('with $what it goes on rightly', async ({ from, text, lost }) => {
  const batch = await first(listener(...LINES), from === undefined ? undefined : JSON.stringify(from));
  expect(batch.chunk.toString()).toBe(`${text.join('\n')}\n`);
  expect(JSON.parse(batch.cursor)).toEqual({ boot: BOOT, sequence: 9 });
  expect(batch.losses?.map(({ reason, count }) => [reason, count])).toEqual(lost);
});
