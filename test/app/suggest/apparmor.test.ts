import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ACCESSES_MAX, PROFILES_MAX } from '../../../src/store/accesses.ts';
import { openStore } from '../../../src/store/open.ts';
import type { Sighting } from '../../../src/store/store.ts';
import { file } from '../../apparmor/accesses.ts';
import { complaint } from '../../apparmor/parser.ts';
import { logPath } from '../../record/golden.ts';
import { freshStore, temporary } from '../../store/helpers.ts';
import { profiler } from '../context.ts';

const KMSG = logPath('vm-apparmor-6.1/kmsg.raw');
const AUDIT = logPath('vm-auditd-6.1/audit.log');
const SUGGEST = ['suggest', '--kind', 'apparmor'];

/** A database of its own, and `profiler` on it. */
function database() {
  const db = join(temporary(), 'p.db');
  return { db, run: (...words: readonly string[]) => profiler([...words, '--db', db]) };
}

test('records of a log become a profile that loads, and its evidence is told', async () => {
  const { run } = database();
  const imported = await run('import', '--trust', 'kernel', KMSG);
  expect(imported.stderr).toContain('0 new records, 141 AppArmor records (141 kernel); passed over: 23 audit records');
  const { stdout, stderr, outcome } = await run(
    ...SUGGEST,
    '--profile',
    'complained',
    '--evidence',
    '--mode',
    'complain',
  );
  expect(outcome).toBe(0);
  expect(stdout).toContain('profile complained flags=(complain) {\n');
  expect(stdout).toContain('  owner "/data/a\\012b" w,\n');
  expect(complaint(stdout)).toBe('');
  expect(stderr).toMatch(/^complained: 27 rules from 36 records \(allowed\), danger 10 of 10 at most\n/);
  expect(stderr).toMatch(/^ +10 +as good as root +1 .* 77 +allowed +capability sys_admin,$/m);
});

test('an event counts once, by whatever carrier, though several bear one serial', async () => {
  const { db, run } = database();
  const first = await run('import', '--trust', 'file', AUDIT);
  expect(first.stderr).toContain('80 AppArmor records (80 file)');
  const count = () => {
    const store = openStore(db, { readonly: true });
    const total = store.accesses({ namespace: '', profile: 'enforced' }).reduce((sum, one) => sum + one.count, 0);
    store.close();
    return total;
  };
  const counted = count();
  expect(counted).toBeGreaterThan(30);
  for (const log of [AUDIT, logPath('vm-auditd-6.1/kmsg.raw'), logPath('vm-auditd-6.1/dmesg')])
    expect((await run('import', '--trust', 'file', log)).stderr).not.toContain('AppArmor');
  expect(count()).toBe(counted);
});

test('what may be forged makes no rule unless it is asked for', async () => {
  const { run } = database();
  await run('import', '--trust', 'forgeable', KMSG);
  const refused = await run(...SUGGEST, '--profile', 'killed');
  expect(refused).toMatchObject({ outcome: 3, stdout: '' });
  expect(refused.stderr).toMatch(
    /killed: all evidence \(1 records\) is trusted less than file; .*--profile killed --trust forgeable$/m,
  );
  expect((await run(...SUGGEST, '--profile', 'killed', '--trust', 'forgeable')).outcome).toBe(0);
});

test('a log is read without a database; of a pipe only what is asked for', async () => {
  const read = (input: string, ...words: readonly string[]) =>
    profiler([...SUGGEST, '--profile', 'killed', '--output', 'rules', '--from', input, ...words], {
      input: readFileSync(KMSG),
    });
  expect((await read(KMSG)).stdout).toBe('owner "/data/new file \\"q\\"" w,\n');
  expect(await read('-')).toMatchObject({ outcome: 3, stdout: '' });
  expect((await read('-', '--trust', 'forgeable')).stdout).toBe('owner "/data/new file \\"q\\"" w,\n');
});

test('a patch applies, and the file then has all that was lacking', async () => {
  const { run, db } = database();
  await run('import', KMSG);
  const path = join(db, '../enforced');
  writeFileSync(path, 'profile enforced {\n  owner /data/secret rw,\n  /usr/** mr,\n}\n');
  const words = [...SUGGEST, '--profile', 'enforced', '--output', 'patch', '--file', path];
  const { stdout } = await run(...words);
  expect(stdout).toContain('+  capability sys_admin,\n');
  expect(stdout).not.toContain('+  owner /data/secret rw,');
  execFileSync('patch', ['-s', path], { input: stdout });
  expect(complaint(readFileSync(path, 'utf8'))).toBe('');
  expect(await run(...words)).toMatchObject({ outcome: 0, stdout: '' });
  writeFileSync(path, 'profile another {\n}\n');
  expect(await run(...words)).toMatchObject({ outcome: 2, stderr: expect.stringContaining('has no profile enforced') });
});

test('--json has the text, each rule with its evidence, and what is missing', async () => {
  const { stdout } = await profiler([...SUGGEST, '--profile', 'killed', '--from', KMSG, '--json']);
  expect(JSON.parse(stdout)).toMatchObject({
    schema: 1,
    kind: 'apparmor',
    lost: 0,
    untrusted: 0,
    text: expect.stringContaining('profile killed {'),
    root: {
      rules: [
        {
          text: 'owner "/data/new file \\"q\\"" w,',
          danger: { score: 4 },
          evidence: { count: 1, verdicts: ['KILLED'] },
        },
      ],
    },
  });
});

describe('a mistake is told', () => {
  test.for<[string[], string]>([
    [['--kind', 'apparmor'], 'want --profile'],
    [['--kind', 'apparmor', '--profile', 'p', '--exe', 'x'], '--exe goes with --kind seccomp'],
    [['--kind', 'apparmor', '--profile', 'p', '--no-children'], '--no-children goes with --kind seccomp'],
    [['--exe', 'x', '--glob'], '--glob goes with --kind apparmor'],
    [['--exe', 'x', '--profile', 'p'], '--profile goes with --kind apparmor'],
    [['--kind', 'apparmor', '--profile', 'p', '--output', 'patch'], '--output patch and --file go together'],
    [['--kind', 'apparmor', '--profile', 'p', '--file', 'x'], '--output patch and --file go together'],
    [
      ['--kind', 'apparmor', '--profile', 'p', '--output', 'rules', '--mode', 'complain'],
      '--mode goes with --output profile',
    ],
    [['--kind', 'apparmor', '--profile', 'p', '--deny', '--abstractions'], '--abstractions does not go with --deny'],
    [['--kind', 'apparmor', '--profile', 'p', '--from', 'x', '--db', 'y'], '--from does not go with --db'],
  ])('%s: %s', async ([words, text]) => {
    expect(await profiler(['suggest', ...words])).toMatchObject({
      outcome: 2,
      stdout: '',
      stderr: expect.stringContaining(text),
    });
  });

  test('what nothing confines has no rules', async () => {
    const told = await profiler([...SUGGEST, '--profile', 'unconfined', '--from', KMSG]);
    expect(told).toMatchObject({ outcome: 3, stderr: expect.stringContaining('unconfined is no profile') });
  });

  test('a profile that nothing is known of, with those that something is', async () => {
    const told = await profiler([...SUGGEST, '--profile', 'nginx', '--from', KMSG]);
    expect(told).toMatchObject({
      outcome: 3,
      stderr: expect.stringContaining(
        "nothing was seen of profile nginx; there is audited, complained, enforced, killed, 'name with space', victim",
      ),
    });
  });
});

const sighting = (change: Partial<Sighting> = {}): Sighting => ({
  host: 'vm',
  namespace: '',
  profile: 'p',
  verdict: 'DENIED',
  trust: 'kernel',
  access: file('/x', 'r'),
  atMs: 1000,
  serial: 1,
  ...change,
});

describe('the store', () => {
  test('a record that comes again is known at its trust or less', () => {
    const store = freshStore();
    const add = (trust: Sighting['trust']) => store.addAccesses([sighting({ trust })]).known;
    expect([add('file'), add('file'), add('forgeable'), add('kernel'), add('kernel')]).toEqual([0, 1, 1, 0, 1]);
  });

  test('the first by time is the sample', () => {
    const store = freshStore();
    store.addAccesses([
      sighting({ atMs: 5, serial: 9 }),
      sighting({ atMs: 3, serial: 8 }),
      sighting({ atMs: 3, serial: 7 }),
    ]);
    expect(store.accesses({ namespace: '', profile: 'p' })).toMatchObject([
      { count: 3, firstMs: 3, lastMs: 5, sampleSerial: 7 },
    ]);
  });

  test('children come with their parent, another profile or namespace does not', () => {
    const store = freshStore();
    const names = [
      ['', 'p'],
      ['', 'p//c'],
      ['', 'p//null-/x'],
      ['', 'px'],
      ['n', 'p'],
    ] as const;
    store.addAccesses(names.map(([namespace, profile], serial) => sighting({ namespace, profile, serial })));
    expect(store.accesses({ namespace: '', profile: 'p' }).map(({ profile }) => profile)).toEqual([
      'p',
      'p//c',
      'p//null-/x',
    ]);
    expect(store.accesses({ namespace: 'n', profile: 'p' })).toHaveLength(1);
  });

  test('what a hostile log brings too much of is counted together, and nothing of more trust', {
    timeout: 60_000,
  }, () => {
    const store = freshStore();
    const many = Array.from({ length: ACCESSES_MAX + 10 }, (_, serial) =>
      sighting({ trust: 'forgeable', serial, access: file(`/${serial}`, 'r') }),
    );
    expect(store.addAccesses(many)).toEqual({ added: { kernel: 0, file: 0, forgeable: many.length }, known: 0 });
    expect(store.addAccesses(many).known).toBe(many.length);
    store.addAccesses([sighting()]);
    const stored = store.accesses({ namespace: '', profile: 'p' });
    expect(stored).toHaveLength(ACCESSES_MAX + 2);
    expect(stored.find(({ access }) => access.kind === 'overflow')).toMatchObject({ count: 10, trust: 'forgeable' });
    expect(stored.filter(({ trust }) => trust === 'kernel')).toHaveLength(1);
  });

  test('so are profiles beyond a number', () => {
    const store = freshStore();
    store.addAccesses(
      Array.from({ length: PROFILES_MAX + 5 }, (_, serial) => sighting({ serial, profile: `p${serial}` })),
    );
    expect(store.profiles()).toHaveLength(PROFILES_MAX);
    expect(store.accesses({ namespace: '', profile: '' })).toMatchObject([{ count: 5, access: { kind: 'overflow' } }]);
  });
});

test('export and import carry them, once, and prune removes the old', async () => {
  const [a, b] = [database(), database()];
  await a.run('import', KMSG);
  const exported = join(a.db, '../x.ndjson');
  expect((await a.run('export', exported)).outcome).toBe(0);
  expect((await b.run('import', exported)).stderr).toContain('141 AppArmor records (141 file)');
  expect((await b.run('import', exported)).stderr).toContain('141 counted before');
  const rules = async ({ run }: ReturnType<typeof database>) => (await run(...SUGGEST, '--profile', 'enforced')).stdout;
  expect(await rules(b)).toBe(await rules(a));
  expect((await b.run('prune', '--older-than', '0d', '--dry-run')).stdout).toContain('141 AppArmor records');
  expect((await b.run('prune', '--older-than', '0d')).stdout).toContain('141 AppArmor records');
  expect((await b.run(...SUGGEST, '--profile', 'enforced')).outcome).toBe(3);
});
