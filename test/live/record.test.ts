import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { printable } from '../../src/record/name.ts';
import { RecordReader } from '../../src/record/reader.ts';
import type { SeccompRecord } from '../../src/record/record.ts';
import { type Listener, startListener } from '../../src/source/listener.ts';
import { NATIVE, scratch } from './cli.ts';

const EXIT_GROUP = 231;
const folder = scratch();
/** By pid, in order; from both carriers. */
const netlink = new Map<number, SeccompRecord[]>();
const kmsg = new Map<number, SeccompRecord[]>();
const listeners: Listener[] = [];

async function listen(via: 'netlink' | 'kmsg', seen: Map<number, SeccompRecord[]>): Promise<void> {
  const listener = await startListener(join(NATIVE, 'audit-listen'), via);
  if (listener.kind !== 'listening') throw new Error(listener.why);
  listeners.push(listener);
  const reader = new RecordReader(
    { carrier: via },
    {
      record: (record) => {
        if (record.kind === 'seccomp') seen.set(record.pid, [...(seen.get(record.pid) ?? []), record]);
      },
      rejected: () => undefined,
    },
  );
  void (async () => {
    for await (const chunk of listener.chunks) reader.push(chunk);
  })();
}

beforeAll(async () => {
  await listen('netlink', netlink);
  await listen('kmsg', kmsg);
});

afterAll(async () => {
  for (const listener of listeners) listener.stop();
  await Promise.all(listeners.map(({ ended }) => ended));
  folder.remove();
});

/** Runs the program under a filter that logs every call; gives its pid. */
async function runLogged(program: Buffer): Promise<number> {
  const octal = [...program].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  const env = { SECCOMP_SYSCALL_ALLOW: '', SECCOMP_DEFAULT_ACTION: 'log', SECCOMP_QUIET: '1' };
  // A shell, because spawn() takes no path that is not UTF-8.
  const script = `exec '${join(NATIVE, 'sandboxify')}' "$(printf '${octal}')"`;
  const child = spawn('/bin/sh', ['-c', script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.resume();
  const [code] = (await once(child, 'close')) as [number | null];
  expect(code).toBe(0);
  return child.pid ?? 0;
}

const NAMES: readonly Buffer[] = [
  'hello',
  'he llo "q"',
  'new\nline',
  'b\\ack\\x5cslash',
  '"syscall=59"',
  'syscall=59',
  'comm=x exe=y sig=0',
  'wörld日本🙂',
  '\u202egnihtemos',
  '\x1b[31mred',
  'x'.repeat(200),
  ' (deleted)',
  Buffer.from([0x61, 0xff, 0xfe, 0xc3]),
].map((name) => Buffer.from(name as string));

test.for(NAMES.map((name) => [printable(name).slice(0, 40), name] as const))(
  'a program called %s: the kernel’s records name it as a person would',
  async ([, name]) => {
    const program = Buffer.concat([Buffer.from(`${folder.path}/`), name]);
    copyFileSync(join(NATIVE, 'targets/hello-musl-static'), program);
    const pid = await runLogged(program);
    const ended = (): boolean => netlink.get(pid)?.some(({ nr }) => nr === EXIT_GROUP) ?? false;
    await expect.poll(ended, { timeout: 10_000, interval: 20 }).toBe(true);
    const records = netlink.get(pid) ?? [];
    expect(records.length).toBeGreaterThan(2);
    for (const { exe, comm, archToken, code, trust } of records) {
      expect({ exe, comm, archToken, code, trust }).toEqual({
        exe: printable(program),
        comm: printable(name.subarray(0, 15)),
        archToken: 0xc000003e,
        code: 0x7ffc0000,
        trust: 'kernel',
      });
    }
  },
);

test('what printk’s rate limit lets through says the same', async () => {
  const program = Buffer.from(join(folder.path, 'b\\ack\\x5cslash'));
  const shown = (): SeccompRecord[] => [...kmsg].filter(([pid]) => netlink.has(pid)).flatMap(([, records]) => records);
  // The limit is ten messages in five seconds, whosever they are.
  for (const endMs = Date.now() + 30_000; !shown().some(({ comm }) => comm.includes('\\')) && Date.now() < endMs; ) {
    await runLogged(program);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  expect(shown().map(({ comm }) => comm)).toContain(printable('b\\ack\\x5cslash'));
  for (const record of shown()) expect(netlink.get(record.pid)).toContainEqual(record);
});
