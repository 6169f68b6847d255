import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../../src/store/open.ts';
import { NO_BATCH, newRun, newTally, temporary } from '../../store/helpers.ts';
import { profiler } from '../context.ts';

function database(): string {
  const db = join(temporary(), 'profiler.db');
  const store = openStore(db);
  const end = { endedMs: 9, why: undefined, exitCode: 0, exitSignal: undefined, newCalls: 0 };
  const at = (minute: number) => new Date(2026, 10, 22, 11, minute, 7).getTime();
  const a = store.beginRun(newRun({ startedMs: at(1), name: 'nightly\x1b[31m' }));
  store.append({
    ...NO_BATCH,
    tallies: [newTally({ runId: a, count: 12 }), newTally({ runId: a, nr: 2, exe: '/bin/ls' })],
  });
  store.endRun(a, { ...end, complete: true });
  const b = store.beginRun(
    newRun({ startedMs: at(2), mode: 'known', stage: 'launcher', exe: '/a/very/long/path/to/a/program' }),
  );
  const loss = {
    runId: b,
    reason: 'enobufs',
    fromMs: 1,
    toMs: 2,
    certainty: 'unknown',
    count: undefined,
    text: 'x',
  } as const;
  store.append({ ...NO_BATCH, losses: [loss] });
  store.endRun(b, { ...end, complete: false, why: 'killed' });
  store.beginRun(newRun({ startedMs: at(3), kind: 'inferred', stage: 'unknown', argv: [] }));
  store.beginRun(newRun({ startedMs: at(4) }));
  store.close();
  return db;
}

test('runs are a table, newest first', async () => {
  const { stdout, outcome } = await profiler(['runs', '--db', database()]);
  expect(outcome).toBe(0);
  expect(stdout).toBe(
    [
      'ID  WHEN                 STAGE     KIND             RECORDS  CALLS  LOST  END         NAME               PROGRAM',
      ' 4  2026-11-22 11:04:07  preload   observed               0      0     0  open                           /opt/hello',
      ' 3  2026-11-22 11:03:07  unknown   inferred               0      0     0  -                              /opt/hello',
      ' 2  2026-11-22 11:02:07  launcher  observed, known        0      0     ?  incomplete                     /a/very/long/path/to/a/program',
      ' 1  2026-11-22 11:01:07  preload   observed              13      2     0  exit 0      nightly\\u{1b}[31m  /opt/hello',
      '',
    ].join('\n'),
  );
});

test('a script stands beside its interpreter', async () => {
  const db = join(temporary(), 'x.db');
  const store = openStore(db);
  store.beginRun(newRun({ exe: '/usr/bin/dash', argv: ['/opt/job.sh', 'x'] }));
  store.beginRun(newRun({ exe: '/usr/bin/dash', argv: ['/bin/sh', '-c', 'x'] }));
  store.close();
  const { stdout } = await profiler(['runs', '--db', db]);
  expect([...stdout.matchAll(/open {2}(.*)$/gm)].map(([, program]) => program)).toEqual([
    '/usr/bin/dash',
    '/usr/bin/dash /opt/job.sh',
  ]);
});

test('on a terminal a long path is cut from the left', async () => {
  const { stdout } = await profiler(['runs', '--db', database()], { columns: 120 });
  expect(stdout).toMatch(/…\S*to\/a\/program$/m);
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
});

test('--exe, --limit and --json', async () => {
  const db = database();
  const ids = async (...words: string[]) => {
    const { stdout } = await profiler(['runs', '--db', db, '--json', ...words]);
    return (JSON.parse(stdout) as { runs: { id: number }[] }).runs.map((run) => run.id);
  };
  expect(await ids()).toEqual([4, 3, 2, 1]);
  expect(await ids('--limit', '2')).toEqual([4, 3]);
  expect(await ids('--exe', 'program')).toEqual([2]);
  expect(await ids('--exe', '/opt/hello', '--limit', '1')).toEqual([4]);
  expect(await ids('--exe', 'ls')).toEqual([1]);
  expect(await ids('--exe', 'none')).toEqual([]);
});

test('where nothing is stored yet it says so', async () => {
  const db = join(temporary(), 'none.db');
  expect(await profiler(['runs', '--db', db])).toMatchObject({
    outcome: 0,
    stdout: '',
    stderr: expect.stringContaining('no runs are stored'),
  });
});
