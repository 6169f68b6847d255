import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openStore } from '../../../src/store/open.ts';
import type { Ledger } from '../../../src/store/store.ts';
import { NO_BATCH, newRun, newTally, temporary } from '../../store/helpers.ts';
import { auditLog, dmesg, hello, T0 } from '../audit-lines.ts';
import { profiler } from '../context.ts';

const CAPTURED = fileURLToPath(new URL('../../fixtures/captured/', import.meta.url));

/** A database of its own, and `status --losses` of it. */
function database() {
  const db = join(temporary(), 'p.db');
  const status = (...words: string[]) => profiler(['status', '--db', db, '--losses', ...words]);
  return {
    db,
    status,
    ledger: async (...words: string[]) => JSON.parse((await status('--json', ...words)).stdout) as Ledger,
    take: (input: string | Buffer) =>
      profiler(['import', '--db', db, '--host', 'vm', '--trust', 'file', '-'], { input }),
  };
}

/** The one line of a captured log that holds a text. */
function captured(log: string, text: string): string {
  const line = readFileSync(join(CAPTURED, log), 'utf8')
    .split('\n')
    .find((one) => one.includes(text));
  if (line === undefined) throw new Error(`${log} holds no ${text}`);
  return `${line}\n`;
}

/** hello, five serials of ten that are missing, hello: what a log says of them stands between. */
const around = (line: string) => {
  const [before, after] = [hello(), hello({ ms: 2000, serial: 115, pid: 4243 })];
  return `${before.map(dmesg).join('')}${line}${after.map(dmesg).join('')}`;
};

test.for<readonly [reason: string, line: string, losses: readonly (readonly [string, number | undefined])[]]>([
  ['suppressed', captured('loss/a-default.dmesg', '100012 callbacks suppressed'), [['suppressed', 10]]],
  [
    'audit-lost',
    captured('loss/b-loss.dmesg', 'audit_lost=2 '),
    [
      ['serial-gap', 10],
      ['audit-lost', 2],
    ],
  ],
  [
    'backlog, with its counter',
    ['audit_backlog=65', 'audit_lost=1 ', 'backlog limit exceeded']
      .map((text) => captured('loss/b-loss.dmesg', text))
      .join(''),
    [
      ['serial-gap', 10],
      ['audit-lost', 1],
    ],
  ],
  [
    'backlog',
    captured('loss/b-loss.dmesg', 'audit_backlog=65'),
    [
      ['serial-gap', 10],
      ['backlog', undefined],
    ],
  ],
  [
    'rate',
    '[ 1093.777241] audit: rate limit exceeded\n',
    [
      ['serial-gap', 10],
      ['rate', undefined],
    ],
  ],
  ['nothing', '', [['serial-gap', 10]]],
])('%s: with its time, size and whom it can touch', async ([, line, wanted]) => {
  const { take, ledger, status } = database();
  await take(around(line));
  const { total, losses } = await ledger();
  const sorted = [...losses].sort((a, b) => a.id - b.id);
  expect(sorted.map(({ reason, count }) => [reason, count])).toEqual(
    expect.arrayContaining(wanted.map(([reason, count]) => [reason, count])),
  );
  expect(total).toBe(wanted.length);
  for (const loss of losses) {
    expect(loss).toMatchObject({ host: 'vm', trust: 'file', fromMs: T0, toMs: T0 + 2000 });
    // The second hello began within the gap's time; the first had ended before what was lost after its last call.
    expect(loss.runs.count).toBeGreaterThan(0);
    expect(loss.programs).toEqual({ count: 1, exes: ['/opt/hello'] });
  }
  expect((await status()).stdout).toMatch(/^FROM +TO +REASON +RECORDS +HOST +RUNS +PROGRAMS\n20/);
});

test('a sequence gap of /dev/kmsg, an overflow of netlink and what journald missed', async () => {
  const seq = hello().map(
    (one, at) => `5,${at < 3 ? 10 + at : 20 + at},98678,-;${dmesg(one).replace(/^\[.*?\] /, '')}`,
  );
  const kmsg = database();
  // Messages of others had the numbers: no serial is missing, so nothing of ours was lost.
  await kmsg.take(seq.join(''));
  expect(await kmsg.ledger()).toMatchObject({ total: 0 });
  const gap = database();
  const [first = '', , , , last = ''] = seq;
  await gap.take(first + last);
  expect((await gap.ledger()).losses).toMatchObject([{ reason: 'kmsg-gap', count: 3, certainty: 'at-most' }]);

  const netlink = database();
  const lines = hello().map((one) => auditLog(one).replace('type=SECCOMP', 'type=1326'));
  await netlink.take(`#ready netlink\n${lines.slice(0, 2).join('')}#loss enobufs at=${T0}\n${lines.slice(2).join('')}`);
  expect((await netlink.ledger()).losses).toMatchObject([{ reason: 'enobufs', certainty: 'unknown' }]);

  const journal = database();
  const log = readFileSync(join(CAPTURED, 'journald/journal-hello+forged.json'), 'utf8');
  await journal.take(log);
  expect((await journal.ledger()).losses.map(({ reason }) => reason)).toContain('journal-missed');
});

test('captured logs: what they lack, as a table', async () => {
  const { take, status } = database();
  await take(readFileSync(join(CAPTURED, 'loss/b-loss.dmesg')));
  const { stdout } = await status();
  expect(
    stdout.replaceAll(/FROM {15}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, (time) => time.slice(0, 4).replace('2026', 'TIME')),
  ).toBe(
    [
      'FROM  TO         REASON        RECORDS  HOST  RUNS  PROGRAMS',
      'TIME  not known  backlog       unknown  vm    none',
      'TIME  not known  audit-lost  at most 1  vm    none',
      'TIME  not known  audit-lost  at most 1  vm    none',
      'TIME  not known  audit-lost  at most 1  vm    1     /opt/probe/t/busy',
      '',
    ].join('\n'),
  );
});

test('--exe shows what can touch its runs, also observed ones; --limit says how many are left', async () => {
  const { db, take, status, ledger } = database();
  await take(around(''));
  const store = openStore(db);
  const runId = store.beginRun(newRun({ exe: '/opt/other', argv: ['other'] }));
  const lost = { runId, fromMs: 1, toMs: 2, certainty: 'at-most', reason: 'enobufs', text: 'overflow' } as const;
  const losses = [7, 8, 9].map((count) => ({ ...lost, count }));
  store.append({ ...NO_BATCH, losses, tallies: [newTally({ runId, exe: '/opt/other' })] });
  store.close();
  expect(await ledger()).toMatchObject({ total: 4 });
  expect(await ledger('--exe', 'hello')).toMatchObject({ total: 1, losses: [{ reason: 'serial-gap' }] });
  expect(await ledger('--exe', '/opt/other', '--limit', '1')).toMatchObject({
    total: 3,
    losses: [{ count: 9, runs: { count: 1, first: runId, last: runId }, programs: { count: 1, exes: ['/opt/other'] } }],
  });
  expect((await status('--limit', '2')).stdout).toMatch(/\nand 2 older losses: --limit 4 shows all\n$/);
  expect(await status('--exe', 'nothing')).toMatchObject({
    outcome: 3,
    stderr: 'profiler: nothing was seen of nothing; see profiler runs\n',
  });
});

test('names of programs are made visible, and their number is bounded', async () => {
  const { db, status } = database();
  const store = openStore(db);
  for (const name of ['a', 'b', 'c', 'd', 'e\\x1b[31m'])
    store.append({
      ...NO_BATCH,
      tallies: [],
      losses: [
        {
          runId: store.beginRun(newRun({ exe: `/opt/${name}` })),
          fromMs: 1,
          toMs: 2,
          certainty: 'unknown',
          count: undefined,
          reason: 'rate',
          text: name,
        },
      ],
    });
  store.close();
  expect((await status()).stdout).toContain('/opt/e\\x1b[31m\n');
});

test('nothing missing, no database, and what chooses losses alone', async () => {
  const { db, take, status } = database();
  expect((await status()).stdout).toBe(`${db}: not there yet: nothing was observed or imported\n`);
  await take(hello().map(auditLog).join(''));
  expect((await status()).stdout).toBe('nothing is known to be missing\n');
  expect(await profiler(['status', '--db', db, '--exe', 'hello'])).toMatchObject({
    outcome: 2,
    stderr: expect.stringContaining('want --losses too'),
  });
  expect((await status('--limit', '0')).outcome).toBe(2);
});
