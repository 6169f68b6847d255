import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type EnforceRequest, enforce } from '../../../src/app/enforce/enforce.ts';
import type { Stage } from '../../../src/observe/tally.ts';
import type { Trust } from '../../../src/record/trust.ts';
import { openStore } from '../../../src/store/open.ts';
import type { Store } from '../../../src/store/store.ts';

/** Which evidence may be enforced, and how; test/live/enforce.test.ts proves that the filter is on. */
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'profiler-enforce-')));
const dynamic = join(folder, 'dynamic');
const isStatic = join(folder, 'static');
let store: Store;

beforeAll(() => {
  writeFileSync(join(folder, 'main.c'), 'int main(void) { return 0; }\n');
  execFileSync('gcc', ['-o', dynamic, join(folder, 'main.c')]);
  execFileSync('gcc', ['-static', '-o', isStatic, join(folder, 'main.c')]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  store = openStore(join(folder, `${Math.random()}.db`));
});
afterEach(() => store.close());

interface Evidence {
  readonly exe: string;
  readonly stage: Stage;
  readonly trust?: Trust;
  readonly startedMs?: number;
  readonly complete?: boolean;
}

/** A run that made write (1) and exit_group (231). */
function learned({ exe, stage, trust = 'kernel', startedMs = 0, complete = true }: Evidence): void {
  const nobody = {
    name: undefined,
    host: 'h',
    bootId: undefined,
    ses: undefined,
    pid: 1,
    uid: 0,
    kernel: undefined,
    libc: undefined,
  };
  const file = { buildId: undefined, sha256: undefined };
  const kind = stage === 'unknown' ? 'inferred' : 'observed';
  const runId = store.beginRun({ ...nobody, ...file, kind, stage, mode: 'full', exe, argv: [exe], startedMs });
  const seen = {
    runId,
    exe,
    archToken: 0xc000003e,
    code: 0x7ffc0000,
    trust,
    count: 1,
    firstMs: startedMs,
    lastMs: startedMs,
    sampleSerial: 1,
    sampleIp: '0',
  };
  store.append({ tallies: [1, 231].map((nr) => ({ ...seen, nr })), losses: [], seen: [] });
  if (kind === 'observed') {
    store.endRun(runId, {
      endedMs: 1,
      complete,
      why: complete ? undefined : 'killed',
      exitCode: 0,
      exitSignal: undefined,
      newCalls: 2,
    });
  }
}

function request(file: string, more: Partial<EnforceRequest> = {}): EnforceRequest {
  const who = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const rest = {
    exe: undefined,
    name: undefined,
    stage: undefined,
    strict: false,
    closure: 'none' as const,
    anyProgram: false,
    env: {},
    again: '',
  };
  return { argv: [file], caller: who, ...rest, ...more };
}

function refused(message: string) {
  return expect.objectContaining({ name: 'RefusedError', exitCode: 125, message: expect.stringContaining(message) });
}

test('evidence of a stage is enforced at that stage', async () => {
  learned({ exe: dynamic, stage: 'preload' });
  expect(await enforce(store, request(dynamic))).toMatchObject({
    stage: 'preload',
    warnings: [],
    launch: { path: dynamic, set: { SECCOMP_SYSCALL_ALLOW: 'exit_group:write', SECCOMP_DEFAULT_ACTION: 'kill' } },
  });
  learned({ exe: dynamic, stage: 'launcher', startedMs: 5 });
  expect(await enforce(store, request(dynamic))).toMatchObject({
    stage: 'launcher',
    launch: { path: expect.stringMatching(/sandboxify$/) },
  });
  expect(await enforce(store, request(dynamic, { stage: 'preload' }))).toMatchObject({ stage: 'preload' });
});

test('where the newest stage cannot be, another that was learned serves, unless one is named', async () => {
  learned({ exe: isStatic, stage: 'launcher' });
  learned({ exe: isStatic, stage: 'preload', startedMs: 5 });
  expect(await enforce(store, request(isStatic))).toMatchObject({ stage: 'launcher' });
  await expect(enforce(store, request(isStatic, { stage: 'preload' }))).rejects.toThrow(
    refused('is static: LD_PRELOAD does nothing to it'),
  );
});

test('a stage that was not learned is refused with the command that learns for it', async () => {
  learned({ exe: dynamic, stage: 'preload' });
  const asked = enforce(store, request(dynamic, { stage: 'launcher', again: '--db x.db ' }));
  await expect(asked).rejects.toThrow(
    refused(`learn for stage launcher by: profiler observe --db x.db --stage launcher -- ${dynamic}`),
  );
});

describe('evidence without a stage', () => {
  test('is not enforced unless the person says the stage', async () => {
    learned({ exe: dynamic, stage: 'unknown' });
    await expect(enforce(store, request(dynamic))).rejects.toThrow(refused('want --stage preload or --stage launcher'));
    const { stage, warnings } = await enforce(store, request(dynamic, { stage: 'preload' }));
    expect(stage).toBe('preload');
    expect(warnings.join('\n')).toContain('--stage preload is your word');
  });
});

test('evidence that any local user could have written is not enforced', async () => {
  learned({ exe: dynamic, stage: 'unknown', trust: 'forgeable' });
  await expect(enforce(store, request(dynamic, { stage: 'preload' }))).rejects.toThrow(refused('is forgeable'));
});

test('a run that did not end in sight is told, and refused by --strict', async () => {
  learned({ exe: dynamic, stage: 'preload', complete: false });
  expect((await enforce(store, request(dynamic))).warnings.join('\n')).toContain('not known to be complete');
  await expect(enforce(store, request(dynamic, { strict: true }))).rejects.toThrow(refused('--strict: '));
});

test('what the person preloads stays behind our library', async () => {
  learned({ exe: dynamic, stage: 'preload' });
  const env = { LD_PRELOAD: 'libm.so.6' };
  expect(await enforce(store, request(dynamic, { env }))).toMatchObject({
    launch: { set: { LD_PRELOAD: expect.stringMatching(/libsandbox\.so:libm\.so\.6$/) } },
  });
});
