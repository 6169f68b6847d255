import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type Listener, startListener } from '../../src/source/listener.ts';

/** Programs that keep audit-listen's contract, or break it; the real one is in the live tests. */
const folder = mkdtempSync(join(tmpdir(), 'profiler-listener-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function script(name: string, body: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

async function read({ chunks }: Listener): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += chunk.toString('latin1');
  return text;
}

function listening(started: Awaited<ReturnType<typeof startListener>>): Listener {
  if (started.kind !== 'listening') throw new Error(started.why);
  return started;
}

test('waits for #ready, whatever way it is cut, and gives what follows', async () => {
  const program = script(
    'ready',
    "printf '#rea'; sleep 0.05; printf 'dy netlink rcvbuf=1\\none\\ntw'; sleep 0.05; echo o",
  );
  expect(await read(listening(await startListener(program, 'netlink')))).toBe('one\ntwo\n');
});

test('asks for /dev/kmsg where that is wanted', async () => {
  const program = script('options', 'echo "#ready kmsg"; echo "$#:$*"');
  expect(await read(listening(await startListener(program, 'kmsg')))).toBe('1:--kmsg\n');
  expect(await read(listening(await startListener(program, 'netlink')))).toBe('0:\n');
});

test('one that cannot listen says why', async () => {
  const program = script('cannot', 'echo "audit-listen: cannot join: needs CAP_AUDIT_READ" >&2; exit 3');
  const why = 'audit-listen: cannot join: needs CAP_AUDIT_READ';
  expect(await startListener(program, 'netlink')).toEqual({ kind: 'cannot', via: 'netlink', why });
});

test.for([
  { what: 'ends without a word', body: 'exit 4', why: 'audit-listen ended with 4' },
  { what: 'says something else', body: 'echo hello; exec sleep 60', why: 'audit-listen ended with SIGTERM' },
  { what: 'is killed', body: 'kill -KILL $$', why: 'audit-listen ended with SIGKILL' },
])('one that $what is no listener', async ({ what, body, why }) => {
  expect(await startListener(script(what.replaceAll(' ', '-'), body), 'netlink')).toMatchObject({
    kind: 'cannot',
    why,
  });
});

test('one that is not there is no listener', async () => {
  const started = await startListener(join(folder, 'nowhere'), 'netlink');
  expect(started).toMatchObject({ kind: 'cannot', why: expect.stringMatching(/ENOENT/) as unknown });
});

test('stop() lets it pass on what is pending; ended tells its last words', async () => {
  const program = script(
    'stop',
    'trap "echo last; echo bye >&2; exit 0" TERM; echo "#ready netlink"; while :; do sleep 0.02; done',
  );
  const listener = listening(await startListener(program, 'netlink'));
  listener.stop();
  expect(await read(listener)).toBe('last\n');
  expect(await listener.ended).toBe('bye');
});
