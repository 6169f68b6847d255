import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { profiler, run, scratch } from './cli.ts';

const folder = scratch();
const db = `${folder.path}/doctor.db`;
afterAll(() => folder.remove());

interface Finding {
  readonly what: string;
  readonly verdict: 'ok' | 'warn' | 'fail';
  readonly told: string;
  readonly fix?: string;
}

async function findings(
  ...words: readonly string[]
): Promise<{ code: number | null; of: (what: string) => Finding | undefined; all: Finding[] }> {
  const { code, stdout } = await profiler(['doctor', '--json', '--db', db, ...words]);
  const { findings: all }: { findings: Finding[] } = JSON.parse(stdout);
  return { code, all, of: (what) => all.find((finding) => finding.what === what) };
}

describe('on this machine, as root', () => {
  test('the parts run, a filter holds, and a logged call arrives', async () => {
    const { of } = await findings();
    for (const what of [
      'audit records',
      'audit session',
      'libsandbox.so',
      'sandboxify',
      'session-run',
      'file-caps',
      'Node.js',
      'database',
    ]) {
      expect(of(what)).toMatchObject({ verdict: 'ok' });
    }
    expect(of('libsandbox.so')?.told).toContain('Seccomp: 2');
  });

  test('the table has a line for each finding, and exit 0 only where all are ok', async () => {
    const { code, stdout, stderr } = await profiler(['doctor', '--db', db]);
    const { all } = await findings();
    const faults = all.filter((finding) => finding.verdict !== 'ok');
    expect(stderr).toBe('');
    expect(code).toBe(faults.length === 0 ? 0 : 1);
    for (const { what } of all)
      expect(stdout).toMatch(new RegExp(`^(ok|warn|fail) +${what.replace('.', '\\.')} `, 'm'));
    expect(stdout.match(/fix: /g)?.length ?? 0).toBe(faults.length);
  });
});

test('where the kernel does not log the log action, it says so with the command that mends it', async () => {
  const file = '/proc/sys/kernel/seccomp/actions_logged';
  const before = readFileSync(file, 'utf8').trim();
  let found: Awaited<ReturnType<typeof findings>>;
  try {
    writeFileSync(file, before.replace(/ ?\blog\b/, ''));
    found = await findings();
  } finally {
    writeFileSync(file, before);
  }
  expect(found.code).toBe(1);
  expect(found.of('seccomp logging')).toMatchObject({
    verdict: 'fail',
    fix: `sysctl -w kernel.seccomp.actions_logged="${before}"`,
  });
  expect(found.of('audit records')).toMatchObject({ verdict: 'fail' });
});

test('without capabilities it says what is lost, and does not claim what it could not try', async () => {
  const words = [
    '--bounding-set=-all',
    '--inh-caps=-all',
    process.execPath,
    'dist/cli/bin.js',
    'doctor',
    '--json',
    '--db',
    db,
  ];
  const { code, stdout } = await run('setpriv', words);
  const { findings: all }: { findings: Finding[] } = JSON.parse(stdout);
  const of = (what: string) => all.find((finding) => finding.what === what);
  expect(code).toBe(1);
  for (const capability of ['CAP_AUDIT_READ', 'CAP_AUDIT_CONTROL', 'CAP_SYS_ADMIN', 'CAP_SYSLOG', 'CAP_SYS_PTRACE']) {
    expect(of(capability)).toMatchObject({ verdict: 'warn', fix: 'run as root' });
  }
  expect(of('audit records')).toMatchObject({ verdict: 'fail', told: expect.stringContaining('CAP_AUDIT_READ') });
  expect(of('exclude rules')).toMatchObject({ verdict: 'warn', told: 'not known' });
  // Enforcing needs no privilege.
  expect(of('libsandbox.so')).toMatchObject({ verdict: 'ok' });
  expect(of('sandboxify')).toMatchObject({ verdict: 'ok' });
});

/** Reading is allowed, so that the checkout may be wherever it is. */
const AS_NOBODY = [
  '--reuid=65534',
  '--regid=65534',
  '--clear-groups',
  '--inh-caps=+dac_read_search',
  '--ambient-caps=+dac_read_search',
  'env',
  '-i',
  'HOME=/nonexistent',
  process.execPath,
  'dist/cli/bin.js',
];

test('for a user without any right it tells each fault with its fix, and no stack', async () => {
  const { code, stdout, stderr } = await run('setpriv', [...AS_NOBODY, 'doctor']);
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  const lines = stdout.trimEnd().split('\n');
  expect(lines.filter((line) => !/^(ok|warn|fail) +\S|^ +fix: /.test(line))).toEqual([]);
  expect(lines.filter((line) => /^(warn|fail)/.test(line))).toHaveLength(
    lines.filter((line) => /^ +fix: /.test(line)).length,
  );
  expect(stdout).toMatch(/^fail +database +\/nonexistent\/\S+: cannot be made or seen: EACCES at \/$/m);
  expect(stdout).toMatch(/^ok +libsandbox\.so +a program started by it had Seccomp: 2$/m);
});

test('status of that user: no database is no fault; a process of another user is told as far as it can be', async () => {
  expect(await run('setpriv', [...AS_NOBODY, 'status'])).toMatchObject({
    code: 0,
    stderr: '',
    stdout: '/nonexistent/.local/state/profiler/profiler.db: not there yet: nothing was observed or imported\n',
  });
  const { code, stdout, stderr } = await run('setpriv', [...AS_NOBODY, 'status', '--pid', '1']);
  // A container runs its first process under a filter, a machine does not.
  expect({ code, stderr }).toEqual({ code: stdout.includes('no filter in') ? 1 : 0, stderr: '' });
  expect(stdout).toMatch(/^process 1 \(its program may not be read\): (no filter in|a filter is on in) /);
});

test('a database that cannot be one is a fault', async () => {
  writeFileSync(`${folder.path}/noise.db`, 'no database, for sure');
  const { code, stdout } = await profiler(['doctor', '--json', '--db', `${folder.path}/noise.db`]);
  expect(code).toBe(1);
  expect(stdout).toContain('is not an SQLite database');
});
