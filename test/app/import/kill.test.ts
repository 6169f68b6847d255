import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openStore } from '../../../src/store/open.ts';
import type { RunTally, Store } from '../../../src/store/store.ts';
import { record } from '../../observe/records.ts';
import { temporary } from '../../store/helpers.ts';
import { auditLog, T0 } from '../audit-lines.ts';
import { profiler } from '../context.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Three transactions' worth (import.ts), with pids that exit and come again. */
const RECORDS = 160_000;

function reading<Result>(db: string, work: (store: Store) => Result): Result {
  const store = openStore(db, { readonly: true });
  try {
    return work(store);
  } finally {
    store.close();
  }
}

const tallies = (db: string): RunTally[] => reading(db, (store) => store.tallies(store.runs({}).map((run) => run.id)));

/** True once the import in another process has committed a batch. */
function begun(db: string): boolean {
  try {
    return reading(db, (store) => store.sources().length > 0);
  } catch {
    return false;
  }
}

test('an import that is killed in the middle and run again has counted everything once', async () => {
  const directory = temporary();
  const log = join(directory, 'audit.log');
  const line = (at: number) =>
    auditLog(
      record([T0 + (at >> 4), at], { pid: 1 + (at % 7), nr: at % 5000 === 0 ? 231 : at % 300, exe: `/opt/${at % 7}` }),
    );
  writeFileSync(log, Array.from({ length: RECORDS }, (_, at) => line(at)).join(''));

  const db = join(directory, 'killed.db');
  const words = ['--import', 'tsx', 'src/cli/bin.ts', 'import', '--db', db, log];
  const child = spawn(process.execPath, words, { cwd: ROOT, stdio: 'ignore' });
  const ended = new Promise((resolve) => {
    child.on('exit', (_code, signal) => resolve(signal));
  });
  while (!begun(db) && child.exitCode === null) await sleep(2);
  child.kill('SIGKILL');
  expect(await ended).toBe('SIGKILL');
  const counted = tallies(db).reduce((sum, tally) => sum + tally.count, 0);
  expect(counted).toBeGreaterThan(0);
  expect(counted).toBeLessThan(RECORDS);

  const again = await profiler(['import', '--db', db, log]);
  expect(again.stderr).toMatch(
    new RegExp(`${RECORDS - counted} new records \\(${RECORDS - counted} file\\), ${counted} counted before`),
  );
  const clean = join(directory, 'clean.db');
  await profiler(['import', '--db', clean, log]);
  expect(tallies(db)).toEqual(tallies(clean));
}, 60_000);
