import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../../src/store/open.ts';
import type { NewRun } from '../../../src/store/store.ts';
import { numbers } from '../../render/profiles.ts';
import { NO_BATCH, newRun, newTally, temporary } from '../../store/helpers.ts';
import { profiler } from '../context.ts';

const CALLS = ['read', 'write', 'openat', 'exit_group'];

/** A database with one whole run of /opt/hello, and a folder for profiles beside it. */
function observed(calls: readonly (string | number)[] = CALLS, run: Partial<NewRun> = { stage: 'launcher' }) {
  const folder = temporary();
  const db = join(folder, 'p.db');
  const store = openStore(db);
  const runId = store.beginRun(newRun(run));
  const tallies = calls.map((call) =>
    newTally({ runId, nr: typeof call === 'number' ? call : (numbers([call])[0] ?? -1), count: 10 }),
  );
  store.append({ ...NO_BATCH, tallies });
  store.endRun(runId, { endedMs: 1, complete: true, why: undefined, exitCode: 0, exitSignal: undefined, newCalls: 0 });
  store.close();
  const file = (text: string, name = 'profile') => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const verify = (text: string, ...words: string[]) =>
    profiler(['verify', '--db', db, file(text), '--exe', 'hello', ...words]);
  const suggest = (...words: string[]) => profiler(['suggest', '--db', db, '--exe', 'hello', ...words]);
  return { folder, db, file, verify, suggest };
}

const ALLOW = (names: readonly string[], more: object = {}) => ({ names, action: 'SCMP_ACT_ALLOW', ...more });

test.for<[what: string, format: string, text: string, denied: readonly string[], conditional: readonly string[]]>([
  ['a list that is enough', 'oci', oci([ALLOW(CALLS)]), [], []],
  ['one that is not', 'oci', oci([ALLOW(['read'])]), ['write', 'openat', 'exit_group'], []],
  [
    'a whole config.json',
    'oci',
    JSON.stringify({ linux: { seccomp: JSON.parse(oci([ALLOW(['read'])])) as object } }),
    ['write', 'openat', 'exit_group'],
    [],
  ],
  [
    'what is refused by name',
    'oci',
    oci([{ names: ['write'], action: 'SCMP_ACT_ERRNO' }], 'SCMP_ACT_ALLOW'),
    ['write'],
    [],
  ],
  [
    'a condition on arguments',
    'oci',
    oci([ALLOW(CALLS.slice(1)), ALLOW(['read'], { args: [{ index: 0, value: 1, op: 'SCMP_CMP_EQ' }] })]),
    [],
    ['read'],
  ],
  ['a supervisor', 'oci', oci([ALLOW(CALLS.slice(1)), { names: ['read'], action: 'SCMP_ACT_NOTIFY' }]), [], ['read']],
  ['a log', 'oci', oci([], 'SCMP_ACT_LOG'), [], []],
  [
    'another machine only',
    'docker',
    docker([ALLOW(CALLS.slice(1)), ALLOW(['read'], { includes: { arches: ['arm64'] } })]),
    ['read'],
    [],
  ],
  ['this machine', 'docker', docker([ALLOW(CALLS, { includes: { arches: ['amd64'] } })]), [], []],
  ['this machine not', 'docker', docker([ALLOW(CALLS, { excludes: { arches: ['amd64'] } })]), CALLS, []],
  [
    'a capability',
    'docker',
    docker([ALLOW(CALLS.slice(1)), ALLOW(['read'], { includes: { caps: ['CAP_SYS_ADMIN'] } })]),
    [],
    ['read'],
  ],
  [
    'a kernel',
    'docker',
    docker([ALLOW(CALLS.slice(1)), ALLOW(['read'], { includes: { minKernel: '4.8' } })]),
    [],
    ['read'],
  ],
  ['names and sets', 'systemd', '[Service]\nSystemCallFilter=@basic-io openat\n', [], []],
  ['@default alone', 'systemd', '[Service]\nSystemCallFilter=brk\n', ['read', 'write', 'openat'], []],
  [
    'taken out again',
    'systemd',
    '[Service]\nSystemCallFilter=@basic-io openat\nSystemCallFilter=~write @aio\n',
    ['write'],
    [],
  ],
  ['a deny list', 'systemd', '[Service]\nSystemCallFilter=~write:EPERM open\n', ['write'], []],
  [
    'a deny list with a hole',
    'systemd',
    '[Service]\nSystemCallFilter=~@basic-io\nSystemCallFilter=write\n',
    ['read'],
    [],
  ],
  [
    'emptied',
    'systemd',
    '[Service]\nSystemCallFilter=~write\nSystemCallFilter=\nSystemCallFilter=read write openat\n',
    [],
    [],
  ],
  [
    'continued lines',
    'systemd',
    '[Unit]\nDescription=x\n[Service]\nSystemCallFilter=read \\\n# no end\n  "write" \\\n  openat\n',
    [],
    [],
  ],
  ['@system-service', 'systemd', '[Service]\nSystemCallFilter=@system-service\n', [], []],
  ['joined lines and groups', 'minijail', '# x\n{read, write}: 1\nopenat: \\\n  allow\nexit_group: 1\n', [], []],
  [
    'conditions',
    'minijail',
    'read: arg0 == 0 || arg0 in 0x3 && arg2 < 8; return EPERM\nwrite: return EPERM\nopenat: 1\nexit_group: 1\n',
    ['write'],
    ['read'],
  ],
  ['a default', 'minijail', '@default log\nwrite: kill-process\n', ['write'], []],
  ['an allow list', 'env', 'export SECCOMP_SYSCALL_ALLOW="read::write:257"\n', ['exit_group'], []],
  ['a deny list', 'env', 'SECCOMP_SYSCALL_DENY=write\n', ['write'], []],
  ['logging', 'env', 'SECCOMP_SYSCALL_ALLOW=\nSECCOMP_DEFAULT_ACTION=log\n', [], []],
  [
    'a resource',
    'spo',
    `apiVersion: v1\nkind: ConfigMap\n---\nkind: SeccompProfile\nspec:\n  defaultAction: SCMP_ACT_ERRNO\n  syscalls:\n  - action: SCMP_ACT_ALLOW\n    names: &names [${CALLS.join(', ')}]\n`,
    [],
    [],
  ],
  [
    'old names',
    'seccompiler',
    '{"vmm":{"default_action":{"errno":1},"filter_action":"allow","filter":[{"syscall":"read"},{"syscall":"write","args":[{}]},{"syscall":"openat"}]}}',
    ['exit_group'],
    ['write'],
  ],
])('%s (%s)', async ([, format, text, denied, conditional]) => {
  const { outcome, stdout, stderr } = await observed().verify(text, '--json');
  expect(stderr).toBe('');
  const verdict = JSON.parse(stdout) as {
    format: string;
    replay: Record<'denied' | 'conditional', { name: string; count: number }[]>;
  };
  const names = (list: readonly { name: string }[]) => list.map(({ name }) => name).toSorted();
  expect(verdict.format).toBe(format);
  expect(names(verdict.replay.denied)).toEqual(denied.toSorted());
  expect(names(verdict.replay.conditional)).toEqual(conditional);
  expect(outcome).toBe(denied.length > 0 ? 1 : 0);
});

function oci(syscalls: readonly object[], defaultAction = 'SCMP_ACT_ERRNO'): string {
  return JSON.stringify({ defaultAction, architectures: ['SCMP_ARCH_X86_64'], syscalls });
}

function docker(syscalls: readonly object[]): string {
  const archMap = [{ architecture: 'SCMP_ARCH_X86_64', subArchitectures: ['SCMP_ARCH_X86', 'SCMP_ARCH_X32'] }];
  return JSON.stringify({ defaultAction: 'SCMP_ACT_ERRNO', archMap, syscalls });
}

test('a person is told what would be denied, what was never seen, what nobody knows, and what is open beside it', async () => {
  const { verify, folder } = observed();
  const { outcome, stdout } = await verify(
    docker([ALLOW(['read', 'write', 'ptrace', 'statmount', 'nonesuch'])]),
    '--abi',
    'x86_64',
  );
  expect(outcome).toBe(1);
  expect(stdout.replaceAll(folder, '').split('\n')).toEqual([
    '/profile: docker, against 1 run of /opt/hello, stage launcher: 20 of 40 observed calls denied; 381 of 385 system calls denied',
    '  would be denied, and was seen: exit_group (10), openat (10)',
    '  allowed, and never seen: 2: ptrace, statmount',
    expect.stringMatching(/^ {2}denied, and may be needed to start: close, epoll_ctl, execve, .*: crun/),
    '  no system call that is known here: 1: nonesuch',
    ...(stdout.includes('libseccomp, so')
      ? ["  not known to this machine's libseccomp, so denied where it loads the filter: 1: statmount"]
      : []),
    '  open on another ABI: i386 (4 calls), x32 (4 calls)',
    '',
  ]);
});

test('evidence of the stage that the filter is over is taken; where there is none, that is told', async () => {
  const { stdout } = await observed(CALLS, { stage: 'preload' }).verify(oci([ALLOW(CALLS)]));
  expect(stdout).toContain('stage preload: 0 of 40 observed');
  expect(stdout).toContain("over the program's whole start, which evidence of stage preload does not show");
});

test.for<[what: string, text: string, told: string]>([
  ['nothing that is known', 'hello\n', 'no profile in a format that is known: want --format'],
  ['broken JSON', '{"defaultAction": ', 'no JSON: '],
  ['a fault in the middle', oci([{ names: ['a'], action: 'MAYBE' }]), 'syscalls[0].action: want one of SCMP_ACT_ALLOW'],
])('%s is told on one line with the file', async ([, text, told]) => {
  const { verify, file } = observed();
  const { outcome, stderr, stdout } = await verify(text);
  expect({ outcome, stdout }).toEqual({ outcome: 2, stdout: '' });
  expect(stderr).toMatch(/^profiler: [^\n]*\n$/);
  expect(stderr).toContain(`${file(text)}: ${told}`);
});

test('no file, a folder, no program', async () => {
  const { db, folder, file } = observed();
  const verify = (...words: string[]) => profiler(['verify', '--db', db, ...words]);
  expect(await verify(join(folder, 'none'), '--exe', 'hello')).toMatchObject({
    outcome: 2,
    stderr: expect.stringContaining('none: cannot be read: ENOENT'),
  });
  expect(await verify(folder, '--exe', 'hello')).toMatchObject({
    outcome: 2,
    stderr: expect.stringContaining('is a directory'),
  });
  expect(await verify(file(oci([])))).toMatchObject({
    outcome: 2,
    stderr: expect.stringContaining('want --exe or --name'),
  });
  expect(await verify(file(oci([])), '--exe', 'other')).toMatchObject({
    outcome: 3,
    stderr: expect.stringContaining('nothing was seen of other'),
  });
});

test('suggest does not print a profile that denies what was seen, and names it', async () => {
  const { suggest } = observed([...CALLS, 1000]);
  const { outcome, stdout, stderr } = await suggest('--format', 'oci');
  expect({ outcome, stdout }).toEqual({ outcome: 3, stdout: '' });
  expect(stderr).toContain(
    '--format oci: not printed: it would deny calls that were observed: 1000 (10); the format takes names alone; calls without one: 1000\n',
  );
  expect(await suggest('--format', 'c')).toMatchObject({
    outcome: 0,
    stderr: expect.stringContaining('0 of 50 observed calls denied'),
  });
});

test('suggest refuses a format whose filter is over more than was seen, with the command that shows it', async () => {
  const { suggest, db } = observed(CALLS, { stage: 'preload' });
  for (const format of ['systemd', 'oci', 'docker', 'spo', 'minijail', 'bpf']) {
    const { outcome, stdout, stderr } = await suggest('--format', format);
    expect({ format, outcome, stdout }).toEqual({ format, outcome: 3, stdout: '' });
    expect(stderr).toContain(`observe it by: profiler observe --db ${db} --stage launcher -- /opt/hello`);
  }
  for (const format of ['env', 'c', 'seccompiler', 'json', 'table'])
    expect(await suggest('--format', format)).toMatchObject({ outcome: 0 });
});

test.for([
  ['--format', 'env', '--action', 'eperm'],
  ['--format', 'spo', '--action', 'enosys'],
  ['--json', '--format', 'oci'],
  ['word'],
  ['--format', 'spo', '--try', '--', 'true'],
  ['--try'],
])('%s is a mistake', async (words) => {
  expect(await observed().suggest(...words)).toMatchObject({ outcome: 2, stdout: '' });
});

test('a raw program does not go to a terminal', async () => {
  const { db } = observed();
  const { outcome, stdout } = await profiler(['suggest', '--db', db, '--exe', 'hello', '--format', 'bpf'], {
    columns: 80,
  });
  expect({ outcome, stdout }).toEqual({ outcome: 2, stdout: '' });
});

test('a table fits the terminal', async () => {
  const { db } = observed();
  const { stdout } = await profiler(['suggest', '--db', db, '--exe', 'hello', '--format', 'table'], { columns: 44 });
  expect(stdout).toMatch(/^ {2}CALL +NR {2}SET +WHY$/m);
  expect(stdout).toMatch(/^ {2}openat +257 {2}@file-system +.*…$/m);
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(44);
});

test('import-profile brings back what was observed, once, and no more trusted than its file', async () => {
  const { suggest, file } = observed();
  const { stdout: document } = await suggest('--format', 'json', '--closure', 'libc');
  const path = file(document, 'hello.json');
  const other = join(temporary(), 'o', 'p.db');
  mkdirSync(join(other, '..'));
  const taken = await profiler(['import-profile', '--db', other, path]);
  expect(taken).toMatchObject({
    outcome: 0,
    stderr: expect.stringMatching(
      /4 calls of \/opt\/hello by 40 records \(file\), as run profile-[0-9a-f]{16}\n {2}left out: \d+ calls that no record speaks for/,
    ),
  });
  expect(await profiler(['import-profile', '--db', other, path])).toMatchObject({
    outcome: 0,
    stderr: expect.stringContaining('counted before'),
  });
  const again = await profiler(['suggest', '--db', other, '--exe', 'hello', '--json']);
  const rules = (text: string) =>
    (
      JSON.parse(text) as {
        rules: { name: string; reason: { kind: string; count: number; sampleSerial: number; exes: string[] } }[];
      }
    ).rules
      .filter(({ reason }) => reason.kind === 'observed')
      .map(({ name, reason: { count, sampleSerial, exes } }) => ({ name, count, sampleSerial, exes }));
  expect(rules(again.stdout)).toEqual(rules(document));
  chmodSync(path, 0o666);
  const third = join(temporary(), 'p.db');
  expect((await profiler(['import-profile', '--db', third, path])).stderr).toMatch(
    /\(forgeable\).*\n.*\n {2}forgeable: others could/,
  );
  expect(await profiler(['suggest', '--db', third, '--exe', 'hello'])).toMatchObject({ outcome: 3 });
});

test.for<[what: string, change: (text: string) => string, told: string]>([
  ['another version', (text) => text.replace('"schema": 2', '"schema": 7'), 'schema: want 2'],
  [
    'a name that steers a terminal',
    (text) => text.replace('"exe": "/opt/hello"', '"exe": "/opt/\\u001b[2Jhello"'),
    'policy.exe: want printable text',
  ],
  ['a number', (text) => text.replace(/"count": 10/, '"count": -1'), 'rules[0].reason.count: '],
  ['cut short', (text) => text.slice(0, 200), 'no JSON: '],
])('import-profile takes nothing of a document with %s', async ([, change, told]) => {
  const { suggest, file } = observed();
  const path = file(change((await suggest('--json')).stdout), 'bad.json');
  const other = join(temporary(), 'p.db');
  const { outcome, stderr } = await profiler(['import-profile', '--db', other, path]);
  expect(outcome).toBe(2);
  expect(stderr).toContain(`${path}: ${told}`);
  expect(await profiler(['runs', '--db', other, '--json'])).toMatchObject({
    stdout: expect.stringContaining('"runs": []'),
  });
});
