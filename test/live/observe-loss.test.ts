import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import type { Run, RunLoss } from '../../src/store/store.ts';
import { build, NATIVE, profiler, run, scratch } from './cli.ts';

/** What is lost is counted and said; what cannot work is found before the program is run. */
const BIN = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));
const ACTIONS_LOGGED = '/proc/sys/kernel/seccomp/actions_logged';
const folder = scratch();
let burst: string;
let narrow: string;

beforeAll(() => {
  burst = build(folder.path, 'burst', 'test/live/programs/burst.c');
  narrow = build(folder.path, 'narrow', 'test/live/programs/narrow.c');
});
afterAll(() => folder.remove());

function stored(db: string): { readonly runs: readonly Run[]; readonly losses: readonly RunLoss[] } {
  const store = openStore(db, { readonly: true });
  try {
    const runs = store.runs({});
    return { runs, losses: store.losses(runs.map(({ id }) => id)) };
  } finally {
    store.close();
  }
}

describe('lost', () => {
  test('through the kernel’s log: counted, told, and made up for by --known', async () => {
    const db = join(folder.path, 'kmsg.db');
    const lossy = await profiler(['observe', '--via', 'kmsg', '--db', db, '--', burst, '3000']);
    expect(lossy, lossy.stderr).toMatchObject({ code: 0, stdout: 'done\n' });
    expect(lossy.stderr).toMatch(/at most \d+ lost, run 1 complete/);
    expect(lossy.stderr).toMatch(/lost \(suppressed\): \d+: kauditd_printk_skb: \d+ callbacks suppressed/);
    expect(lossy.stderr).toMatch(/records are missing, so calls may be: run it again with --known/);
    const [first] = stored(db).runs;
    // 3000 and 22, of which the rate limit lets 10 through in 5 seconds; what is lost are at least all the others.
    expect((first?.records ?? 0) + (first?.lost ?? 0)).toBeGreaterThanOrEqual(3022);
    expect(first?.records).toBeLessThan(100);
    expect(first?.end?.complete).toBe(true);

    const known = await profiler(['observe', '--known', '--db', db, '--', burst, '3000']);
    expect(known.stderr).toMatch(
      /: \d+ new calls, \d+ records, 0 lost, run 2 complete \(preload, known, session \d+\)\n$/,
    );
    const [second] = stored(db).runs;
    expect(second?.mode).toBe('known');
    expect((second?.end?.newCalls ?? 0) + (first?.calls ?? 0)).toBe(23);
  });

  test('by a socket that nobody reads: counted exactly', async () => {
    const db = join(folder.path, 'enobufs.db');
    const child = spawn(
      process.execPath,
      [BIN, 'observe', '--db', db, '--', 'sh', '-c', `echo ready; read x; ${burst} 250000`],
      {
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    );
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    await once(child.stdout, 'data');
    const listener = childOf(child.pid ?? 0, 'audit-listen');
    process.kill(listener, 'SIGSTOP');
    child.stdin.end('\n');
    await once(child.stdout, 'data');
    process.kill(listener, 'SIGCONT');
    const [code] = (await once(child, 'close')) as [number];
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/at most \d+ lost, run 1 complete .*\n {2}lost \(enobufs\): \d+: #loss enobufs at=\d+/);
    const [found] = stored(db).runs;
    const shell = await profiler([
      'observe',
      '--json',
      '--db',
      join(folder.path, 'none.db'),
      '--',
      'sh',
      '-c',
      `echo ready; ${burst} 1`,
    ]);
    const { runs } = JSON.parse(shell.stderr) as { runs: { records: number }[] };
    const all = (found?.records ?? 0) + (found?.lost ?? 0);
    // Besides the burst there are the shell's own calls, and on a busy machine other programs' records among the lost.
    expect(all).toBeGreaterThanOrEqual(250_022 + (runs[0]?.records ?? 0) - 22);
    expect(all).toBeLessThan(260_000);
    expect(found?.lost).toBeGreaterThan(10_000);
  });
});

function childOf(parent: number, comm: string): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const found = pids.find((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      return stat.startsWith(`${pid} (${comm}) `) && Number(stat.split(') ')[1]?.split(' ')[1]) === parent;
    } catch {
      return false;
    }
  });
  if (found === undefined) throw new Error(`process ${parent} has no child ${comm}`);
  return Number(found);
}

describe('found before the run', () => {
  test('kernel.seccomp.actions_logged without log', async () => {
    const before = readFileSync(ACTIONS_LOGGED, 'latin1').trim();
    const without = before.replace(/ ?\blog\b/, '');
    let ended: Awaited<ReturnType<typeof profiler>>;
    try {
      writeFileSync(ACTIONS_LOGGED, without);
      ended = await profiler(['observe', '--db', join(folder.path, 'off.db'), '--', burst]);
    } finally {
      writeFileSync(ACTIONS_LOGGED, before);
    }
    expect(ended).toMatchObject({ code: 125, stdout: '' });
    expect(ended.stderr).toBe(
      'profiler: nothing was run: kernel.seccomp.actions_logged has no log, so no call is recorded: ' +
        `sysctl -w kernel.seccomp.actions_logged="${without} log"\n`,
    );
    expect(readFileSync(ACTIONS_LOGGED, 'latin1').trim().split(' ').sort()).toEqual(before.split(' ').sort());
  });

  test('an exclude rule, with the command that takes it away', async () => {
    // A login user of our own, so that the rule hides nobody else's records.
    const rule = ['always,exclude', '-F', 'msgtype=SECCOMP', '-F', 'auid=54321'];
    const observe = `echo 54321 > /proc/self/loginuid && exec ${process.execPath} ${BIN} observe --db ${folder.path}/rule.db -- ${burst}`;
    execFileSync('/usr/sbin/auditctl', ['-a', ...rule], { stdio: 'ignore' });
    let ended: Awaited<ReturnType<typeof run>>;
    try {
      ended = await run('sh', ['-c', observe]);
    } finally {
      execFileSync('/usr/sbin/auditctl', ['-d', ...rule], { stdio: 'ignore' });
    }
    expect(ended).toMatchObject({ code: 125, stdout: '' });
    expect(ended.stderr).toMatch(
      /an audit rule hides system calls .*: auditctl -d always,exclude -F msgtype=1326 -F auid=54321\n$/,
    );
    const after = await run('sh', ['-c', observe]);
    expect(after.stderr).toMatch(/0 lost, run 1 complete/);
  });

  test('a filter that profiler itself is under', async () => {
    const ended = await run(narrow, [
      process.execPath,
      BIN,
      'observe',
      '--db',
      join(folder.path, 'narrow.db'),
      '--',
      burst,
    ]);
    expect(ended).toMatchObject({ code: 125, stdout: '' });
    expect(ended.stderr).toMatch(/profiler itself runs under a seccomp filter/);
  });

  test('no right to listen: the kernel’s log instead, said; and nothing at all where that may not be read either', async () => {
    const command = [process.execPath, BIN, 'observe', '--db', join(folder.path, 'caps.db'), '--', burst, '100'];
    const instead = await run('setpriv', ['--bounding-set', '-audit_read', '--inh-caps', '-audit_read', ...command]);
    expect(instead.stderr).toMatch(
      /^reading the kernel's log, which drops what its rate limit suppresses: .*CAP_AUDIT_READ/,
    );
    expect(instead.stderr).toMatch(/at most \d+ lost, run 1 complete/);
    const none = await run('setpriv', [
      '--bounding-set',
      '-audit_read,-syslog',
      '--inh-caps',
      '-audit_read,-syslog',
      ...command,
    ]);
    expect(none).toMatchObject({ code: 125, stdout: '' });
    expect(none.stderr).toMatch(/CAP_AUDIT_READ.*CAP_SYSLOG/);
  });
});

describe('audit-listen', () => {
  test('keeps no privilege', async () => {
    const listener = spawn(join(NATIVE, 'audit-listen'), { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(listener.stdout, 'data');
    const status = readFileSync(`/proc/${listener.pid}/status`, 'latin1');
    const field = (name: string): string | undefined =>
      new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*$`, 'm').exec(status)?.[1];
    expect(['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map(field)).toEqual(
      Array.from({ length: 5 }, () => '0'.repeat(16)),
    );
    expect([field('NoNewPrivs'), field('Seccomp'), field('Uid'), field('Groups')]).toEqual([
      '1',
      '2',
      '65534\t65534\t65534\t65534',
      '',
    ]);
    listener.stdout.destroy();
    expect(await once(listener, 'exit')).toEqual([0, null]);
  });

  test('passes on what is pending before it ends', async () => {
    const listener = spawn(join(NATIVE, 'audit-listen'), { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    listener.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    while (!text.startsWith('#ready netlink rcvbuf=')) await once(listener.stdout, 'data');
    const env = {
      ...process.env,
      LD_PRELOAD: join(NATIVE, 'libsandbox.so'),
      SECCOMP_SYSCALL_ALLOW: '',
      SECCOMP_DEFAULT_ACTION: 'log',
    };
    await run(burst, ['20000'], { env });
    listener.kill('SIGTERM');
    expect(await once(listener, 'close')).toEqual([0, null]);
    expect(text.match(/comm="burst" .* syscall=110 /g)).toHaveLength(20_000);
    expect(text.endsWith('\n')).toBe(true);
  });

  test('passes on nothing that a process sent', async () => {
    const forge = build(folder.path, 'forge', 'test/live/programs/forge-netlink.c');
    const listener = spawn(join(NATIVE, 'audit-listen'), { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    listener.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    while (!text.startsWith('#ready netlink')) await once(listener.stdout, 'data');
    // netlink_autobind: the port of a process' first socket is its pid.
    expect(await run(forge, [String(listener.pid)])).toMatchObject({ stdout: 'sent\n' });
    listener.kill('SIGTERM');
    await once(listener, 'close');
    expect(text).not.toMatch(/forged/);
  });

  test.for([
    { words: ['--from-start'], code: 2, says: /usage: audit-listen/ },
    { words: ['--nonsense'], code: 2, says: /--nonsense/ },
  ])('refuses $words', async ({ words, code, says }) => {
    const ended = await run(join(NATIVE, 'audit-listen'), words);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toMatch(says);
  });

  test('names what it lacks', async () => {
    const unshared = await run('setpriv', [
      '--bounding-set',
      '-audit_read,-audit_control',
      join(NATIVE, 'audit-listen'),
    ]);
    expect(unshared).toMatchObject({ code: 3, stdout: '' });
    expect(unshared.stderr).toMatch(
      /Operation not permitted: needs CAP_AUDIT_READ in the initial user namespace: run as root/,
    );
    const status = await run('setpriv', ['--bounding-set', '-audit_control', join(NATIVE, 'audit-listen'), '--status']);
    expect(status.stderr).toMatch(/needs CAP_AUDIT_CONTROL/);
  });
});
