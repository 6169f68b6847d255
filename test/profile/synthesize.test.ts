import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Run, RunTally } from '../../src/observe/run.ts';
import { observed } from '../../src/profile/observed.ts';
import type { Policy } from '../../src/profile/profile.ts';
import { objections } from '../../src/profile/strict.ts';
import { synthesize } from '../../src/profile/synthesize.ts';
import { TRUSTS } from '../../src/record/trust.ts';
import { allowlist, preloadEnv } from '../../src/render/env.ts';
import { aRun, aTally, I386, LOG, X86_64 } from './evidence.ts';

const POLICY: Policy = {
  exe: '/opt/hello',
  role: 'program',
  stage: 'preload',
  point: 'preload',
  closure: 'none',
  children: true,
  trust: 'file',
  abi: 'x86_64',
};

function list(runs: readonly Run[], tallies: readonly RunTally[], policy: Partial<Policy> = {}): readonly string[] {
  return allowlist(synthesize(runs, tallies, [], { ...POLICY, ...policy }));
}

test('a rule for each logged call, named late, with the evidence for it', () => {
  const runs = [aRun(1), aRun(2), aRun(3)];
  const tallies = [
    aTally(1, 1, { count: 3, firstMs: 10, lastMs: 20, sampleSerial: 5, sampleIp: 'a' }),
    aTally(2, 1, { count: 4, firstMs: 5, lastMs: 15, sampleSerial: 9, sampleIp: 'b' }),
    aTally(2, 231, { exe: '/bin/ls' }),
    aTally(9, 60, {}),
  ];
  const profile = synthesize(runs, tallies, [], POLICY);
  expect(profile.schema).toBe(2);
  expect(profile.records).toBe(8);
  expect(profile.rules).toEqual([
    {
      name: 'write',
      nr: 1,
      archToken: X86_64,
      reason: {
        kind: 'observed',
        count: 7,
        firstMs: 5,
        lastMs: 20,
        sampleSerial: 9,
        sampleIp: 'b',
        exes: ['/opt/hello'],
        runs: 2,
        ofRuns: 3,
        newIn: 0,
        own: true,
      },
    },
    expect.objectContaining({
      name: 'exit_group',
      reason: expect.objectContaining({ own: false, exes: ['/bin/ls'] }),
    }),
  ]);
});

test('the line is byte-sorted, once each, and a call without a name is its number', () => {
  const calls = [1, 231, 12, 318, 262, 600, 1000, 7].map((nr) => aTally(1, nr));
  const profile = synthesize([aRun(1)], [...calls, aTally(1, 1, { exe: '/bin/ls' })], [], POLICY);
  expect(preloadEnv(profile).text).toBe(
    'SECCOMP_SYSCALL_ALLOW=1000:600:brk:exit_group:getrandom:newfstatat:poll:write\n',
  );
});

test('only calls that were logged and made widen the list; refused ones are told by their action', () => {
  const kill = 0x80000000;
  const tallies = [
    aTally(1, 1),
    aTally(1, 101, { code: kill, count: 2 }),
    aTally(1, 41, { code: 0x50000 }),
    aTally(1, 42, { code: 0 }),
  ];
  const profile = synthesize([aRun(1)], tallies, [], POLICY);
  expect(allowlist(profile)).toEqual(['write']);
  expect(profile.denied.map(({ name, code, count }) => [name, code, count])).toEqual([
    ['connect', 0, 1],
    ['socket', 0x50000, 1],
    ['ptrace', kill, 2],
  ]);
});

test('other ABIs and numbers that no list can hold are told apart and left out', () => {
  const tallies = [
    aTally(1, 1),
    aTally(1, 20, { archToken: I386 }),
    aTally(1, 0x40000000 + 39),
    aTally(1, 1, { archToken: 0xdeadbeef }),
    aTally(1, -1),
    aTally(1, 1024),
    aTally(1, 0x20000000),
    aTally(1, 1023),
  ];
  const profile = synthesize([aRun(1)], tallies, [], POLICY);
  expect(allowlist(profile)).toEqual(['1023', 'write']);
  expect(profile.foreign.map(({ abi, name }) => [abi, name])).toEqual([
    ['i386', 'getpid'],
    ['x32', 'getpid'],
    [undefined, undefined],
  ]);
  expect(profile.unlistable.map(({ nr }) => nr)).toEqual([-1, 1024, 0x20000000]);
  expect(objections(profile)).toEqual([
    '3 calls on another ABI would be killed',
    '3 calls have numbers that no list can hold',
    expect.stringContaining('the evidence is thin: 1 run, want 8 more'),
  ]);
});

test('the list can be for another ABI', () => {
  const tallies = [aTally(1, 1), aTally(1, 64, { archToken: 0xc00000b7 })];
  expect(list([aRun(1)], tallies, { abi: 'aarch64' })).toEqual(['write']);
});

test('records below the trust do not widen the list; what only they show is told', () => {
  const tallies = [
    aTally(1, 1, { trust: 'forgeable', count: 9 }),
    aTally(1, 1, { trust: 'file' }),
    aTally(1, 59, { trust: 'forgeable' }),
  ];
  const profile = synthesize([aRun(1)], tallies, [], POLICY);
  expect(allowlist(profile)).toEqual(['write']);
  expect(profile.records).toBe(1);
  expect(profile.untrustedRecords).toBe(10);
  expect(profile.untrusted.map(({ name }) => name)).toEqual(['execve']);
  expect(list([aRun(1)], tallies, { trust: 'forgeable' })).toEqual(['execve', 'write']);
  expect(list([aRun(1)], tallies, { trust: 'kernel' })).toEqual([]);
});

test('a run that allowed what was known only brings new calls', () => {
  const runs = [aRun(1), aRun(2, { mode: 'known' })];
  const tallies = [
    aTally(1, 1, { count: 5 }),
    aTally(2, 1, { count: 100, exe: '/bin/ls' }),
    aTally(2, 41, { count: 7 }),
  ];
  const profile = synthesize(runs, tallies, [], POLICY);
  expect(profile.records).toBe(5);
  const told = observed(profile.rules).map(({ name, reason }) => [
    name,
    reason.count,
    reason.runs,
    reason.ofRuns,
    reason.newIn,
  ]);
  expect(told).toEqual([
    ['write', 5, 1, 1, 1],
    ['socket', 0, 0, 1, 1],
  ]);
  expect(profile.rules[0]?.reason).toMatchObject({ exes: ['/opt/hello'] });
  const own = synthesize(runs, tallies, [], { ...POLICY, children: false });
  expect(allowlist(own)).toEqual(['write']);
  expect(own.leftOut.map(({ name }) => name)).toEqual(['socket']);
});

test('without children only the program’s own calls count, also where it was replaced meanwhile', () => {
  const tallies = [aTally(1, 1), aTally(1, 231, { exe: '/opt/hello (deleted)' }), aTally(1, 257, { exe: '/bin/ls' })];
  expect(list([aRun(1)], tallies, { children: false })).toEqual(['exit_group', 'write']);
});

test('as a child only its own calls count', () => {
  const tallies = [aTally(1, 1), aTally(1, 257, { exe: '/bin/ls' })];
  expect(list([aRun(1)], tallies, { exe: '/bin/ls', role: 'child' })).toEqual(['openat']);
});

test('runs that are open, cut or without an end in their log are objected to', () => {
  const end = { endedMs: 1, complete: false, why: 'killed', exitCode: undefined, exitSignal: undefined, newCalls: 0 };
  const runs = [
    aRun(1, { end: undefined }),
    aRun(2, { end }),
    aRun(3, { kind: 'inferred', end: undefined }),
    aRun(4, { kind: 'inferred', end: undefined }),
    aRun(5),
  ];
  const profile = synthesize(runs, [aTally(3, 1), aTally(4, 231)], [], POLICY);
  expect(profile.runs.map((run) => run.incomplete)).toEqual([
    undefined,
    undefined,
    'the log holds no exit_group',
    'killed',
    'it has no end: it still runs, or its observer was killed',
  ]);
  expect(objections(profile)).toEqual(['not known to be complete: runs 3, 2, 1']);
});

test('losses add up, one of unknown size makes the sum unknown, and strict refuses both', () => {
  const loss = { reason: 'enobufs', fromMs: 1, toMs: 2, certainty: 'at-most', count: 4, text: 'x' } as const;
  const lossy = synthesize([aRun(1, { lost: 4 })], [aTally(1, 1)], [loss, loss], POLICY);
  expect(lossy.lost).toBe(8);
  expect(objections(lossy)).toEqual(['at most 8 records are missing (run 1)']);
  const unknown = synthesize(
    [aRun(1, { lost: undefined })],
    [],
    [loss, { ...loss, count: undefined, certainty: 'unknown' }],
    POLICY,
  );
  expect(unknown.lost).toBeUndefined();
  expect(objections(unknown)).toEqual(['an unknown number of records are missing (run 1)']);
});

const tallies = fc.uniqueArray(
  fc.record({
    runId: fc.integer({ min: 1, max: 4 }),
    exe: fc.constantFrom('/opt/hello', '/bin/ls'),
    archToken: fc.constantFrom(X86_64, I386),
    nr: fc.integer({ min: -1, max: 12 }),
    code: fc.constantFrom(LOG, LOG, 0x80000000),
    trust: fc.constantFrom(...TRUSTS),
    count: fc.integer({ min: 1, max: 5 }),
    firstMs: fc.integer({ min: 0, max: 9 }),
  }),
  {
    selector: ({ runId, exe, archToken, nr, code, trust }) => JSON.stringify([runId, exe, archToken, nr, code, trust]),
    maxLength: 60,
  },
);

test('the order of runs and tallies does not matter, and every logged call is in one place', () => {
  const runs = [aRun(1), aRun(2, { mode: 'known' }), aRun(3), aRun(4, { kind: 'inferred', end: undefined })];
  const policy = fc.record({
    children: fc.boolean(),
    trust: fc.constantFrom(...TRUSTS),
    role: fc.constantFrom('program', 'child'),
  });
  fc.assert(
    fc.property(tallies, policy, fc.infiniteStream(fc.nat()), (drawn, choice, dice) => {
      const all = drawn.map((one, index) =>
        aTally(one.runId, one.nr, { ...one, lastMs: one.firstMs + 1, sampleSerial: index }),
      );
      const shuffle = <Item>(items: readonly Item[]) =>
        items
          .map((item) => ({ item, at: dice.next().value }))
          .sort((a, b) => a.at - b.at)
          .map(({ item }) => item);
      const profile = synthesize(runs, all, [], { ...POLICY, ...choice });
      expect(synthesize(shuffle(runs), shuffle(all), [], { ...POLICY, ...choice })).toEqual(profile);
      const places = [
        profile.rules,
        profile.foreign,
        profile.unlistable,
        profile.denied,
        profile.untrusted,
        profile.leftOut,
      ];
      const told = new Set(places.flat().map(({ archToken, nr }) => `${archToken} ${nr}`));
      const mine = all.filter((one) => (choice.role === 'program' || one.exe === '/opt/hello') && one.code === LOG);
      for (const { archToken, nr } of mine) expect(told).toContain(`${archToken} ${nr}`);
    }),
  );
});
