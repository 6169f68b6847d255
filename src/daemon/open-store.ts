import { setTimeout as sleep } from 'node:timers/promises';
import { mayPass } from '../store/failure.ts';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import type { Logger } from './log.ts';

/** Nothing else runs in this process while SQLite waits: the sources wait for the store instead, and signals are heard. */
const BUSY_MS = 50;
const RETRY_MS = 250;

/** Opens the store, and waits for one that another program holds or a disk that is full. Undefined: told to end meanwhile. */
export async function openStoreInTime(path: string, log: Logger, signal: AbortSignal): Promise<Store | undefined> {
  for (let told = false; !signal.aborted; told = true) {
    try {
      return openStore(path, { busyTimeoutMs: BUSY_MS });
    } catch (error) {
      if (!mayPass(error) || isReadonly(error)) throw error;
      if (!told) log.error({ database: path }, `${String(error)}; tried again until it can be opened`);
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}

/** Nobody makes a directory writable by waiting. */
function isReadonly(error: unknown): boolean {
  return error instanceof Error && /SQLITE_(READONLY|CANTOPEN|PERM)/.test(error.message);
}
