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

test('a database that cannot be one is a fault', async () => {
  writeFileSync(`${folder.path}/noise.db`, 'no database, for sure');
  const { code, stdout } = await profiler(['doctor', '--json', '--db', `${folder.path}/noise.db`]);
  expect(code).toBe(1);
  expect(stdout).toContain('is not an SQLite database');
});
