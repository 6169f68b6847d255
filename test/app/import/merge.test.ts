import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../../src/store/open.ts';
import { NO_BATCH, newRun, newTally, temporary } from '../../store/helpers.ts';
import { profiler } from '../context.ts';

/** A database of one run, on one host and kernel, with these calls. */
function database(path: string, host: string, kernel: string, calls: readonly number[]): string {
  const store = openStore(path);
  const runId = store.beginRun(newRun({ exe: '/usr/bin/tool', host, kernel, stage: 'preload', startedMs: 1000 }));
  store.append({ ...NO_BATCH, tallies: calls.map((nr) => newTally({ runId, exe: '/usr/bin/tool', nr })) });
  store.endRun(runId, {
    endedMs: 2000,
    complete: true,
    why: undefined,
    exitCode: 0,
    exitSignal: undefined,
    newCalls: calls.length,
  });
  store.close();
  return path;
}

test('databases of two machines become one list, and their kernels are told', async () => {
  const folder = temporary();
  const a = database(join(folder, 'a.db'), 'a', '6.1.0', [0, 1, 262]);
  const b = database(join(folder, 'b.db'), 'b', '6.18.44', [0, 1, 332]);
  const into = join(folder, 'all.db');
  const merged = await profiler(['merge', '--db', into, a, b]);
  expect(merged.outcome).toBe(0);
  expect(merged.stderr).toContain('1 new run');
  expect(merged.stderr).toContain(
    '/usr/bin/tool (preload): the runs are of 2 kernels: 6.1.0 (1 run, only there: newfstatat); 6.18.44 (1 run, only there: statx)',
  );
  const list = await profiler(['suggest', '--db', into, '--exe', 'tool', '--trust', 'forgeable', '--abi', 'x86_64']);
  expect(list.stdout).toBe('SECCOMP_SYSCALL_ALLOW=newfstatat:read:statx:write\n');

  const again = JSON.parse((await profiler(['merge', '--json', '--db', into, a, b])).stdout) as {
    sources: { runs: number; duplicates: number }[];
    mixed: unknown[];
  };
  expect(again.sources.map(({ runs }) => runs)).toEqual([0, 0]);
  expect(again.mixed).toHaveLength(1);
});

test('what is no database is refused, and the others are merged all the same', async () => {
  const folder = temporary();
  const log = join(folder, 'audit.log');
  writeFileSync(log, 'type=SECCOMP msg=audit(1613596317.899:6461): auid=1000\n');
  const a = database(join(folder, 'a.db'), 'a', '6.1.0', [0]);
  const into = join(folder, 'all.db');
  const merged = await profiler(['merge', '--db', into, log, join(folder, 'none.db'), a]);
  expect(merged.outcome).toBe(2);
  expect(merged.stderr).toContain(`profiler: ${log}: is no database, nor what profiler export wrote`);
  expect(merged.stderr).toContain('none.db: there is no such file');
  expect(merged.stderr).toContain('a.db: database, 1 new record');
});

test('a database that others may write is worth no more than they are', async () => {
  const folder = temporary();
  const a = database(join(folder, 'a.db'), 'a', '6.1.0', [0]);
  chmodSync(a, 0o660);
  const into = join(folder, 'all.db');
  expect((await profiler(['merge', '--db', into, a])).stderr).toContain('1 new record (1 forgeable)');
  chmodSync(a, 0o666);
  const refused = await profiler(['merge', '--db', into, a]);
  expect(refused).toMatchObject({ outcome: 3, stderr: expect.stringContaining('everyone may write it') });
});

test('merging a database into itself changes nothing', async () => {
  const into = database(join(temporary(), 'a.db'), 'a', '6.1.0', [0, 1]);
  const merged = await profiler(['merge', '--db', into, into]);
  expect(merged.outcome).toBe(0);
  expect(merged.stderr).toContain('0 new records, 2 counted before');
});
