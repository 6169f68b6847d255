import { expect, test } from 'vitest';
import { abiByName, numbersOf } from '../../../src/kernel/abi.ts';
import { ABIS } from '../../../src/kernel/tables.gen.ts';
import { translate } from '../../../src/profile/closure/translate.ts';

function abi(name: string) {
  const found = abiByName(name);
  if (!found) throw new Error(name);
  return found;
}

test.for([
  { to: 'aarch64', names: ['open', 'write'], calls: ['openat', 'openat2', 'write'], lost: [] },
  {
    to: 'aarch64',
    names: ['stat', 'access'],
    calls: ['faccessat', 'faccessat2', 'fstat', 'newfstatat', 'statx'],
    lost: [],
  },
  { to: 'riscv64', names: ['fork', 'poll', 'dup2'], calls: ['clone', 'clone3', 'dup3', 'ppoll'], lost: [] },
  { to: 'aarch64', names: ['arch_prctl', 'pause'], calls: ['ppoll'], lost: ['arch_prctl'] },
  {
    to: 'i386',
    names: ['arch_prctl', 'newfstatat'],
    calls: expect.arrayContaining(['set_thread_area', 'fstatat64']),
    lost: [],
  },
  { to: 'riscv64', names: ['ioperm', 'modify_ldt'], calls: [], lost: ['ioperm', 'modify_ldt'] },
  { to: 'x86_64', names: ['open'], calls: ['open'], lost: [] },
])('$names on $to', ({ to, names, calls, lost }) => {
  const made = translate(names, abi('x86_64'), abi(to));
  expect(made.calls.map(({ name }) => name).sort()).toEqual(calls);
  expect(made.untranslated.map(({ name }) => name)).toEqual(lost);
});

test('on every ABI each call of x86_64 is there, has stand-ins that are there, or is told with why', () => {
  const all = [...numbersOf(abi('x86_64')).keys()];
  for (const to of ABIS) {
    const { calls, untranslated } = translate(all, abi('x86_64'), to);
    expect(calls.filter(({ name }) => !numbersOf(to).has(name))).toEqual([]);
    const told = new Set([...calls.map(({ reason }) => reason.of), ...untranslated.map(({ name }) => name)]);
    const shared = new Set(calls.map(({ name }) => name));
    expect(all.filter((name) => !told.has(name) && !shared.has(name) && numbersOf(to).has(name))).toEqual([]);
    expect(untranslated.filter(({ why }) => why === '')).toEqual([]);
  }
});
