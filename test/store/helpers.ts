import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openMemoryStore, openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';

export { LOG, newRun, newTally, X86_64 } from './rows.ts';

/** A directory that goes with the test. */
export function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'profiler-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A store of its own for the test that runs. */
export function freshStore(): Store {
  const store = openStore(join(temporary(), 'profiler.db'));
  onTestFinished(() => store.close());
  return store;
}

/** The same in memory, for properties that need many. */
export const memoryStore: () => Store = openMemoryStore;

export const NO_BATCH = { tallies: [], losses: [], seen: [] } as const;
