import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import { migrate, migrationFiles } from '../../src/store/migrate.ts';
import { openStore } from '../../src/store/open.ts';
import { sqliteStore } from '../../src/store/sqlite.ts';
import type { NewRun, RunTally, Store } from '../../src/store/store.ts';

export const LOG = 0x7ffc0000;
export const X86_64 = 0xc000003e;

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
export function memoryStore(): Store {
  const db = new Database(':memory:');
  db.pragma('foreign_keys = ON');
  migrate(db, ':memory:', migrationFiles(), 0);
  return sqliteStore(db, ':memory:');
}

export function newRun(change: Partial<NewRun> = {}): NewRun {
  return {
    kind: 'observed',
    stage: 'preload',
    mode: 'full',
    name: undefined,
    exe: '/opt/hello',
    argv: ['./hello'],
    buildId: 'b1',
    sha256: 'c1',
    host: 'vm',
    bootId: 'boot-1',
    ses: 7,
    pid: 100,
    uid: 0,
    kernel: '6.18.44',
    libc: 'glibc 2.36',
    startedMs: 1_000_000,
    ...change,
  };
}

export function newTally(change: Partial<RunTally> & { readonly runId: number }): RunTally {
  return {
    exe: '/opt/hello',
    archToken: X86_64,
    nr: 1,
    code: LOG,
    trust: 'kernel',
    count: 1,
    firstMs: 1_000_001,
    lastMs: 1_000_001,
    sampleSerial: 50,
    sampleIp: '7f00',
    ...change,
  };
}

export const NO_BATCH = { tallies: [], losses: [], seen: [] } as const;
