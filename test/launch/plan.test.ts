import { describe, expect, test } from 'vitest';
import { defaultStage, type LaunchRequest, planLaunch } from '../../src/launch/plan.ts';
import type { ProgramFacts } from '../../src/launch/program.ts';

const NATIVE = 0xc000003e;
const dynamic: ProgramFacts = {
  path: '/opt/app',
  viaShell: false,
  scripts: [],
  exe: '/opt/app',
  elf: {
    kind: 'elf',
    archToken: NATIVE,
    type: 'dyn',
    interpreter: '/lib64/ld-linux-x86-64.so.2',
    needed: [],
    buildId: undefined,
  },
  loader: { path: '/lib64/ld-linux-x86-64.so.2', libc: 'glibc', version: '2.36' },
  gains: [],
  caller: { uid: 1000, gid: 1000 },
};
const asked: LaunchRequest = {
  program: dynamic,
  argv: ['app', '-c', 'x'],
  stage: 'preload',
  mode: 'enforce',
  allow: ['read', 'write', '470'],
  libsandbox: '/lib/libsandbox.so',
  sandboxify: '/bin/sandboxify',
  nativeToken: NATIVE,
  preloaded: undefined,
};
const isStatic: ProgramFacts = { ...dynamic, elf: { ...dynamic.elf, interpreter: undefined }, loader: undefined };
const setUid: ProgramFacts = { ...dynamic, gains: ['set-uid'] };
const withCaps: ProgramFacts = { ...dynamic, gains: ['set-gid', 'file capabilities'] };
const foreign: ProgramFacts = { ...dynamic, elf: { ...dynamic.elf, archToken: 0x40000003 } };
const strangeLoader: ProgramFacts = { ...dynamic, loader: { path: '/opt/ld', libc: 'other', version: undefined } };
const library: ProgramFacts = { ...dynamic, elf: { ...dynamic.elf, type: 'other' } };

describe('a launch', () => {
  test('by preload runs the program itself, and nothing of the environment weakens the filter', () => {
    expect(planLaunch(asked)).toEqual({
      kind: 'launch',
      path: '/opt/app',
      argv: ['app', '-c', 'x'],
      set: {
        SECCOMP_SYSCALL_ALLOW: 'read:write:470',
        SECCOMP_DEFAULT_ACTION: 'kill',
        SECCOMP_QUIET: '1',
        LD_PRELOAD: '/lib/libsandbox.so',
      },
      unset: ['SECCOMP_SYSCALL_DENY'],
    });
  });

  test('keeps what the person preloads, behind our own', () => {
    const plan = planLaunch({ ...asked, preloaded: '/lib/other.so' });
    expect(plan).toMatchObject({ set: { LD_PRELOAD: '/lib/libsandbox.so:/lib/other.so' } });
  });

  test('for learning logs, and may allow nothing', () => {
    const plan = planLaunch({ ...asked, mode: 'learn', allow: [] });
    expect(plan).toMatchObject({ set: { SECCOMP_SYSCALL_ALLOW: '', SECCOMP_DEFAULT_ACTION: 'log' } });
  });

  test('by the launcher hands the words to sandboxify behind --, and leaves LD_PRELOAD alone', () => {
    const plan = planLaunch({ ...asked, stage: 'launcher', preloaded: '/lib/other.so' });
    expect(plan).toMatchObject({ path: '/bin/sandboxify', argv: ['/bin/sandboxify', '--', 'app', '-c', 'x'] });
    expect(plan).not.toHaveProperty('set.LD_PRELOAD');
  });

  test('gives a script without #! to /bin/sh', () => {
    const plan = planLaunch({ ...asked, program: { ...dynamic, viaShell: true, path: '/opt/script' } });
    expect(plan).toMatchObject({ path: '/bin/sh', argv: ['/bin/sh', '/opt/script', '-c', 'x'] });
  });
});

describe('what would run without its filter, or with the wrong one, is refused', () => {
  test.for([
    { what: 'static', program: isStatic, preload: /is static/, launcher: undefined },
    {
      what: 'set-uid',
      program: setUid,
      preload: /has set-uid: the loader ignores LD_PRELOAD/,
      launcher: /has set-uid, which no_new_privs takes away/,
    },
    {
      what: 'capabilities',
      program: withCaps,
      preload: /has set-gid and file capabilities/,
      launcher: /has set-gid and file cap/,
    },
    {
      what: 'foreign',
      program: foreign,
      preload: /another architecture or word size/,
      launcher: /every call of it would be killed/,
    },
    { what: 'strange loader', program: strangeLoader, preload: /is started by \/opt\/ld/, launcher: undefined },
    { what: 'no program', program: library, preload: /another kind of ELF file/, launcher: /another kind of ELF file/ },
  ])('$what', ({ program, preload, launcher }) => {
    expect(planLaunch({ ...asked, program })).toEqual({ kind: 'refused', cause: expect.stringMatching(preload) });
    const plan = planLaunch({ ...asked, program, stage: 'launcher' });
    const refused = { kind: 'refused', cause: expect.stringMatching(launcher ?? /^$/) };
    expect(plan).toMatchObject(launcher ? refused : { kind: 'launch' });
  });

  test.for(['/opt/my lib/l.so', '/opt/a:b/l.so', '/opt/$LIB/l.so', '/opt/\t/l.so'])('a library at %j', (libsandbox) => {
    expect(planLaunch({ ...asked, libsandbox })).toEqual({
      kind: 'refused',
      cause: expect.stringContaining('LD_PRELOAD takes no path'),
    });
    expect(defaultStage({ ...asked, libsandbox })).toBe('launcher');
  });
});

test('learning under the launcher takes foreign programs, and set-id ones where root starts them', () => {
  const learn = { ...asked, mode: 'learn', stage: 'launcher' } as const;
  expect(planLaunch({ ...learn, program: foreign }).kind).toBe('launch');
  expect(planLaunch({ ...learn, program: setUid }).kind).toBe('refused');
  expect(planLaunch({ ...learn, program: { ...setUid, caller: { uid: 0, gid: 0 } } }).kind).toBe('launch');
});

test.for([
  { program: dynamic, stage: 'preload' },
  { program: isStatic, stage: 'launcher' },
  { program: setUid, stage: 'launcher' },
  { program: foreign, stage: 'launcher' },
  { program: strangeLoader, stage: 'launcher' },
] as const)('the default stage is $stage', ({ program, stage }) => {
  expect(defaultStage({ ...asked, program })).toBe(stage);
});
