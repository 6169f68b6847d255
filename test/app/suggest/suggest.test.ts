import { join } from 'node:path';
import { expect, test } from 'vitest';
import { printable } from '../../../src/record/name.ts';
import { openStore } from '../../../src/store/open.ts';
import type { NewRun, RunTally, Store } from '../../../src/store/store.ts';
import { NO_BATCH, newRun, newTally, temporary } from '../../store/helpers.ts';
import { auditLog, dmesg, hello } from '../audit-lines.ts';
import { profiler, type Told } from '../context.ts';

const HELLO = [262, 318, 12, 1, 231];
const LINE = 'SECCOMP_SYSCALL_ALLOW=brk:exit_group:getrandom:newfstatat:write\n';
const I386 = 0x40000003;

interface Observation {
  readonly run?: Partial<NewRun>;
  readonly calls?: readonly number[];
  readonly more?: readonly Partial<RunTally>[];
  readonly complete?: boolean | 'open';
}

/** A database that these runs were observed into, oldest first; `suggest` runs the command on it. */
function observed(...observations: readonly Observation[]) {
  const db = join(temporary(), 'profiler.db');
  const change = (work: (store: Store) => void) => {
    const store = openStore(db);
    work(store);
    store.close();
  };
  change((store) => {
    for (const [at, { run, calls = HELLO, more = [], complete = true }] of observations.entries()) {
      const runId = store.beginRun(newRun({ startedMs: 1000 * (at + 1), ...run }));
      const exe = run?.exe ?? '/opt/hello';
      const tallies = [
        ...calls.map((nr) => newTally({ runId, nr, exe })),
        ...more.map((one) => newTally({ exe, ...one, runId })),
      ];
      store.append({ ...NO_BATCH, tallies });
      if (complete === 'open' || run?.kind === 'inferred') continue;
      const why = complete ? undefined : 'the end marker never came';
      store.endRun(runId, { endedMs: 1, complete, why, exitCode: 0, exitSignal: undefined, newCalls: 0 });
    }
  });
  const suggest = (...words: readonly string[]): Promise<Told> => profiler(['suggest', '--db', db, ...words]);
  return { db, change, suggest };
}

const INFERRED: Partial<NewRun> = { kind: 'inferred', stage: 'unknown', argv: [] };

test('the ready line on standard output, for people on standard error', async () => {
  const { suggest } = observed({}, {});
  expect(await suggest('--exe', 'hello')).toEqual({
    outcome: 0,
    stdout: LINE,
    stderr: expect.stringMatching(
      /^\/opt\/hello: 5 calls for stage preload, from 2 runs, 10 records, 0 lost\n[^]*\n0 of 10 observed calls denied; 380 of 385 system calls denied\n$/,
    ),
  });
  expect((await suggest('--exe', '/opt/../opt/hello')).stdout).toBe(LINE);
});

test('a path means that path, a name that several programs bear names them all', async () => {
  const { suggest } = observed({}, { run: { exe: '/srv/x y/hello' }, calls: [1] });
  expect(await suggest('--exe', 'hello')).toMatchObject({
    outcome: 2,
    stdout: '',
    stderr: "profiler: hello may be several programs; name one by --exe: /opt/hello, '/srv/x y/hello'\n",
  });
  expect((await suggest('--exe', '/srv/x y/hello')).stdout).toBe('SECCOMP_SYSCALL_ALLOW=write\n');
});

test('names with bytes that no terminal should see are found as typed and as printed', async () => {
  const { suggest } = observed({ run: { exe: printable('/opt/new\nline') } });
  expect((await suggest('--exe', 'new\nline')).stdout).toBe(LINE);
  const { stdout, stderr } = await suggest('--exe', 'new\\x0aline');
  expect(stdout).toBe(LINE);
  expect(stderr).toMatch(/^\/opt\/new\\x0aline: 5 calls for stage preload, from 1 run, 5 records, 0 lost\n/);
});

test('nothing seen: how to observe, as a command', async () => {
  const { db, suggest } = observed({});
  expect(await suggest('--exe', 'other')).toEqual({
    outcome: 3,
    stdout: '',
    stderr: `profiler: nothing was seen of other: observe it by: profiler observe --db ${db} -- other\n`,
  });
  const none = await profiler(['suggest', '--exe', 'hello'], { env: { PROFILER_DB: join(db, '..', 'none.db') } });
  expect(none.outcome).toBe(3);
  expect(none.stderr).toMatch(/no evidence is stored there yet; observe first, by: profiler observe -- hello\n$/);
  expect(await profiler(['suggest', '--db', db])).toMatchObject({
    outcome: 2,
    stderr: expect.stringContaining('want --exe, --name or --run'),
  });
});

test('stages are never merged: the newest run’s, or the asked one', async () => {
  const { suggest } = observed(
    { run: { stage: 'launcher' }, calls: [59, 231] },
    {},
    { run: { ...INFERRED, startedMs: 1 }, calls: [2, 231] },
  );
  const newest = await suggest('--exe', 'hello');
  expect(newest.stdout).toBe(LINE);
  expect(newest.stderr).toMatch(
    /stages are not merged; left out: launcher \(1 run\), unknown \(1 run\); --stage chooses/,
  );
  expect((await suggest('--exe', 'hello', '--stage', 'launcher')).stdout).toBe(
    'SECCOMP_SYSCALL_ALLOW=execve:exit_group\n',
  );
  expect((await suggest('--exe', 'hello', '--stage', 'unknown')).stdout).toBe(
    'SECCOMP_SYSCALL_ALLOW=exit_group:open\n',
  );
});

test('imported runs serve any stage, as the person’s word; a stage that is not there is refused', async () => {
  const { suggest } = observed({ run: INFERRED });
  const plain = await suggest('--exe', 'hello');
  expect(plain.stdout).toBe(LINE);
  expect(plain.stderr).toMatch(
    /warning: these runs were put together from a log: nothing tells where the filter began/,
  );
  const word = await suggest('--exe', 'hello', '--stage', 'preload');
  expect(word.stdout).toBe(LINE);
  expect(word.stderr).toMatch(/5 calls for stage preload.*\n.*--stage preload is your word/);
  const { outcome, stderr } = await observed({}).suggest('--exe', 'hello', '--stage', 'launcher');
  expect([outcome, stderr]).toEqual([
    3,
    'profiler: /opt/hello: no run of stage launcher is stored; there is preload (runs: 1)\n',
  ]);
});

test('children’s calls are in the list and told apart; --no-children leaves them out and warns', async () => {
  const { suggest } = observed({
    more: [
      { nr: 1, exe: '/bin/ls' },
      { nr: 217, exe: '/bin/ls' },
      { nr: 0, exe: '/bin/wc' },
    ],
  });
  const all = await suggest('--exe', 'hello');
  expect(all.stdout).toBe('SECCOMP_SYSCALL_ALLOW=brk:exit_group:getdents64:getrandom:newfstatat:read:write\n');
  expect(all.stderr).toContain(
    'ls, which it starts, adds 1 call: getdents64\nwc, which it starts, adds 1 call: read\n',
  );
  const own = await suggest('--exe', 'hello', '--no-children');
  expect(own.stdout).toBe(LINE);
  expect(own.stderr).toMatch(
    /warning: --no-children: programs that it starts inherit the filter and will be killed: 2 calls left out: getdents64, read/,
  );
});

test('a program that was only seen as a child is for the launcher, with its own calls alone', async () => {
  const { suggest } = observed({
    more: [
      { nr: 217, exe: '/bin/ls' },
      { nr: 231, exe: '/bin/ls' },
    ],
  });
  const { stdout, stderr } = await suggest('--exe', 'ls');
  expect(stdout).toBe('SECCOMP_SYSCALL_ALLOW=exit_group:getdents64\n');
  expect(stderr).toMatch(/\/bin\/ls: 2 calls for stage launcher/);
  expect(stderr).toMatch(/warning: it was seen only as a child of other programs/);
  expect(await suggest('--exe', 'ls', '--stage', 'preload')).toMatchObject({ outcome: 3 });
});

test('--name and --run choose runs', async () => {
  const { suggest } = observed(
    { run: { name: 'web' } },
    { run: { name: 'job' }, calls: [1] },
    { run: { exe: '/opt/b', name: 'two' }, calls: [2] },
    { run: { name: 'two' } },
  );
  expect((await suggest('--name', 'web')).stdout).toBe(LINE);
  expect((await suggest('--exe', 'hello', '--name', 'job')).stdout).toBe('SECCOMP_SYSCALL_ALLOW=write\n');
  expect((await suggest('--run', '2', '1')).stderr).toMatch(/from 2 runs/);
  expect(await suggest('--name', 'two')).toMatchObject({
    outcome: 2,
    stderr: expect.stringContaining('runs named two may be several programs'),
  });
  expect((await suggest('--name', 'two', '--exe', 'b')).stdout).toBe('SECCOMP_SYSCALL_ALLOW=open\n');
  expect(await suggest('--name', 'none')).toMatchObject({
    outcome: 3,
    stderr: expect.stringContaining('no run is named none'),
  });
  expect(await suggest('--run', '9')).toMatchObject({
    outcome: 2,
    stderr: expect.stringContaining('there is no run 9'),
  });
  expect(await suggest('--run', 'x')).toMatchObject({ outcome: 2 });
});

test('an interpreter that ran different programs is warned of', async () => {
  const python = { exe: '/usr/bin/python3.11' };
  const { suggest } = observed(
    { run: { ...python, argv: ['python3', 'a.py'], name: 'a' } },
    { run: { ...python, argv: ['python3', 'b.py'] } },
  );
  expect((await suggest('--exe', 'python3')).stderr).toMatch(
    /warning: \/usr\/bin\/python3\.11 is an interpreter and ran different programs \("a\.py", "b\.py"\)/,
  );
  expect((await suggest('--exe', 'python3', '--name', 'a')).stderr).not.toMatch(/interpreter/);
});

test('calls on a second ABI are told, and refused when strict', async () => {
  const { suggest } = observed({ more: [{ nr: 20, archToken: I386, count: 3 }, { nr: 0x40000027 }] });
  const { stdout, stderr } = await suggest('--exe', 'hello');
  expect(stdout).toBe(LINE);
  expect(stderr).toMatch(/warning: 1 call on i386 \(3 records\): getpid: logged while learning, killed when enforced/);
  expect(stderr).toMatch(/warning: 1 call on x32 \(1 record\): getpid/);
  expect(await suggest('--exe', 'hello', '--strict')).toMatchObject({
    outcome: 3,
    stdout: '',
    stderr: expect.stringContaining('--strict: 2 calls on another ABI would be killed'),
  });
  const only = await observed({ calls: [], more: [{ nr: 20, archToken: I386 }] }).suggest('--exe', 'hello');
  expect(only).toMatchObject({
    outcome: 3,
    stderr: expect.stringMatching(/no call on x86_64 was seen, only on i386; for those: profiler suggest .*--abi i386/),
  });
});

test('open and incomplete runs are told, and refused when strict', async () => {
  const { suggest } = observed({}, { complete: false }, { complete: 'open' });
  const { stdout, stderr } = await suggest('--exe', 'hello');
  expect(stdout).toBe(LINE);
  expect(stderr).toMatch(/run 3 not known to be complete: it has no end/);
  expect(stderr).toMatch(/run 2 not known to be complete: the end marker never came/);
  expect(await suggest('--exe', 'hello', '--strict')).toMatchObject({ outcome: 3, stdout: '' });
});

test('lost records are told, and refused when strict', async () => {
  const { suggest, change } = observed({});
  const loss = {
    runId: 1,
    reason: 'enobufs',
    fromMs: 1,
    toMs: 2,
    certainty: 'unknown',
    count: undefined,
    text: 'overflow',
  } as const;
  change((store) => store.append({ ...NO_BATCH, losses: [loss] }));
  const { stdout, stderr } = await suggest('--exe', 'hello');
  expect(stdout).toBe(LINE);
  expect(stderr).toMatch(
    /an unknown number lost\nwarning: records are missing, so the list may be too short\nlost: an unknown number of records, 1970-01-01T00:00:00Z to 1970-01-01T00:00:00Z, enobufs: overflow\n/,
  );
  expect(await suggest('--exe', 'hello', '--strict')).toMatchObject({ outcome: 3, stdout: '' });
});

test('of many losses the largest are told, each with its size, time and reason', async () => {
  const { suggest, change } = observed({});
  const losses = Array.from({ length: 9 }, (_, at) => ({
    runId: 1,
    reason: 'serial-gap' as const,
    fromMs: at === 8 ? undefined : at * 60_000,
    toMs: at === 0 ? undefined : at * 60_000 + 1000,
    certainty: 'at-most' as const,
    count: at + 1,
    text: `gap ${at}`,
  }));
  change((store) => store.append({ ...NO_BATCH, losses }));
  const { stderr } = await suggest('--exe', 'hello');
  expect(stderr.split('\n').filter((line) => line.startsWith('lost'))).toEqual([
    'lost: at most 9 records, before 1970-01-01T00:08:01Z, serial-gap: gap 8',
    'lost: at most 8 records, 1970-01-01T00:07:00Z to 1970-01-01T00:07:01Z, serial-gap: gap 7',
    'lost: at most 7 records, 1970-01-01T00:06:00Z to 1970-01-01T00:06:01Z, serial-gap: gap 6',
    'lost: at most 6 records, 1970-01-01T00:05:00Z to 1970-01-01T00:05:01Z, serial-gap: gap 5',
    'lost: at most 5 records, 1970-01-01T00:04:00Z to 1970-01-01T00:04:01Z, serial-gap: gap 4',
    'lost in 4 more places: profiler status --losses lists them',
  ]);
});

test('where only impossible numbers were seen, that is said', async () => {
  const { suggest } = observed({ calls: [], more: [{ nr: -1 }] });
  expect(await suggest('--exe', 'hello')).toMatchObject({
    outcome: 3,
    stdout: '',
    stderr: expect.stringContaining('only calls with numbers that no list can hold were seen (-1)') as unknown,
  });
});

test('refused calls are told and never added', async () => {
  const { suggest } = observed({ more: [{ nr: 101, code: 0x80000000 }] });
  const { stdout, stderr } = await suggest('--exe', 'hello');
  expect(stdout).toBe(LINE);
  expect(stderr).toMatch(/refused by a filter, and not added: ptrace \(1 record\)/);
  expect(await observed({ calls: [], more: [{ code: 0x80000000 }] }).suggest('--exe', 'hello')).toMatchObject({
    outcome: 3,
    stdout: '',
  });
});

test('forgeable evidence is left out; where all is, the way on is printed as a command that works', async () => {
  const forged = HELLO.map((nr) => ({ nr, trust: 'forgeable' as const, count: 2 }));
  const { db, suggest } = observed({ run: INFERRED, calls: [], more: forged });
  const { outcome, stdout, stderr } = await suggest('--exe', 'hello');
  expect([outcome, stdout]).toEqual([3, '']);
  expect(stderr).toContain('all evidence (10 records of 5 calls) is forgeable');
  const [, command = ''] = /all the same: profiler (.*?);/.exec(stderr) ?? [];
  expect(command).toBe(`suggest --db ${db} --exe /opt/hello --trust forgeable`);
  const again = await profiler(command.split(' '));
  expect(again.stdout).toBe(LINE);
  expect(again.stderr).toMatch(/warning: 10 records forgeable: any local user could have written them/);
  const mixed = await observed({ more: [{ nr: 59, trust: 'forgeable' }] }).suggest('--exe', 'hello');
  expect(mixed.stdout).toBe(LINE);
  expect(mixed.stderr).toMatch(/1 record trusted less than file left out; only they show: execve/);
});

test.for([
  { input: hello().map(dmesg).join(''), way: (db: string) => `dmesg | profiler import --db ${db} --trust kernel -` },
  { input: hello().map(auditLog).join(''), way: (db: string) => `profiler import --db ${db} --trust file - < FILE` },
])('what came by a pipe is to be piped again', async ({ input, way }) => {
  const db = join(temporary(), 'x.db');
  await profiler(['import', '--db', db, '-'], { input });
  const { outcome, stderr } = await profiler(['suggest', '--db', db, '--exe', 'hello']);
  expect(outcome).toBe(3);
  expect(stderr).toContain(`if only root could write the log: ${way(db)}\n`);
});

test('a forged program of the same name does not make a name ambiguous', async () => {
  const { suggest } = observed(
    {},
    { run: { ...INFERRED, exe: '/tmp/hello' }, calls: [], more: [{ nr: 59, exe: '/tmp/hello', trust: 'forgeable' }] },
  );
  expect((await suggest('--exe', 'hello')).stdout).toBe(LINE);
});

test('what was learned is told by a run that allowed what was known', async () => {
  const { suggest } = observed({}, { run: { mode: 'known' }, calls: [41] });
  const { stdout, stderr } = await suggest('--exe', 'hello');
  expect(stdout).toBe('SECCOMP_SYSCALL_ALLOW=brk:exit_group:getrandom:newfstatat:socket:write\n');
  expect(stderr).toMatch(
    /from 1 run, 5 records, 0 lost, and 1 run that allowed what was known and brought 1 new call: socket/,
  );
});

test('--json is the whole profile, versioned', async () => {
  const { suggest } = observed({});
  const { stdout, outcome } = await suggest('--exe', 'hello', '--json');
  expect(outcome).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    schema: 2,
    policy: { exe: '/opt/hello', stage: 'preload', abi: 'x86_64', trust: 'file', children: true },
    records: 5,
    lost: 0,
    rules: expect.arrayContaining([
      expect.objectContaining({
        name: 'write',
        nr: 1,
        reason: expect.objectContaining({ kind: 'observed', runs: 1, ofRuns: 1 }),
      }),
    ]),
  });
});
