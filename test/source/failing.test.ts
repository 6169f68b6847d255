import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { journalSource } from '../../src/source/journal.ts';
import { netlinkSource } from '../../src/source/netlink.ts';
import type { Source } from '../../src/source/source.ts';
import { temporary } from '../store/helpers.ts';

async function read(source: Source, signal = new AbortController().signal): Promise<number> {
  let batches = 0;
  for await (const batch of source.batches(undefined, signal)) batches += batch.chunk.length > 0 ? 1 : 0;
  return batches;
}

function program(text: string): string {
  const path = join(temporary(), 'listen');
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

test.for([
  { what: 'is not there', listen: '/none/audit-listen', says: /audit-listen cannot be started: .*ENOENT/ },
  {
    what: 'may not listen',
    listen: lazily('echo "audit-listen: needs CAP_AUDIT_READ" >&2; exit 3'),
    says: /needs CAP_AUDIT_READ/,
  },
  { what: 'ends by itself', listen: lazily('echo "#ready"; echo "type=1326"; echo gone >&2; exit 3'), says: /gone/ },
])('a listener that $what is an error that says so', async ({ listen, says }) => {
  await expect(read(netlinkSource(typeof listen === 'string' ? listen : listen()))).rejects.toThrow(says);
});

function lazily(text: string): () => string {
  return () => program(text);
}

test('a journal that is not there is an error that says so; an end that was asked for is none', async () => {
  const directory = join(temporary(), 'none');
  await expect(read(journalSource({ directory }))).rejects.toThrow(/none|No such file/);
  // Its entries may be of an earlier boot: an empty one is followed all the same.
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 100);
  expect(await read(journalSource({ directory: temporary() }), stop.signal)).toBe(0);
});
