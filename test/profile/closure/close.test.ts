import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { abiByName, numbersOf } from '../../../src/kernel/abi.ts';
import { ABIS } from '../../../src/kernel/tables.gen.ts';
import { close, rulesOf } from '../../../src/profile/closure/close.ts';
import { CLOSURES } from '../../../src/profile/closure/rule.ts';

const X86 = abi('x86_64');
const ANYWHERE = new Set(ABIS.flatMap((one) => [...numbersOf(one).keys()]));
const GLIBC = { libcs: ['glibc 2.36'] };

function abi(name: string) {
  const found = abiByName(name);
  if (!found) throw new Error(name);
  return found;
}

function closed(names: readonly string[], ...rest: Parameters<typeof close> extends [unknown, ...infer R] ? R : never) {
  return new Set([...names, ...close(names, ...rest).map(({ name }) => name)]);
}

describe.each(rulesOf('portable'))('$id $adds', ({ when, adds, why }) => {
  test('has a why, and calls that some ABI has', () => {
    expect(why).not.toBe('');
    expect([...when, ...adds].filter((name) => !ANYWHERE.has(name))).toEqual([]);
  });

  test('adds all that an ABI has of it where one of its calls is seen', () => {
    for (const one of ABIS) {
      const has = numbersOf(one);
      const wanted = adds.filter((name) => has.has(name));
      for (const name of when.length > 0 ? when.filter((call) => has.has(call)) : ['read']) {
        expect([...closed([name], 'portable', one)]).toEqual(expect.arrayContaining(wanted));
      }
    }
  });
});

const names = fc.uniqueArray(fc.constantFrom(...numbersOf(X86).keys()), { maxLength: 12 });
const levels = fc.constantFrom(...CLOSURES);

test('nothing is added twice, nothing seen is taken away, and closing again adds nothing', () => {
  fc.assert(
    fc.property(names, levels, fc.constantFrom(...ABIS), (seen, level, one) => {
      const added = close(seen, level, one).map(({ name }) => name);
      expect(new Set(added).size).toBe(added.length);
      expect(added.filter((name) => seen.includes(name))).toEqual([]);
      expect(added.filter((name) => !numbersOf(one).has(name))).toEqual([]);
      expect(close([...seen, ...added], level, one)).toEqual([]);
    }),
  );
});

test('who has seen more gets no less, and portable is no less than libc, nor libc than nothing', () => {
  fc.assert(
    fc.property(names, names, levels, (a, b, level) => {
      const [some, more] = [closed(a, level, X86), closed([...a, ...b], level, X86)];
      expect([...some].filter((name) => !more.has(name))).toEqual([]);
      const [none, libc, portable] = CLOSURES.map((one) => closed(a, one, X86));
      expect([...(none ?? [])]).toEqual(a);
      expect([...(libc ?? [])].filter((name) => !portable?.has(name))).toEqual([]);
    }),
  );
});

test('what is barred comes in by no rule, and asks for nothing', () => {
  const barred = new Set(['clone3', 'futex']);
  const added = close(['clone'], 'portable', X86, { barred }).map(({ name }) => name);
  expect(added).not.toContain('clone3');
  expect(added).not.toContain('futex');
  expect(added).toContain('vfork');
});

test.for([
  { seen: ['write'], libc: 'glibc 2.36', has: ['newfstatat', 'ioctl', 'tgkill'], lacks: ['fstat', 'tkill', 'statx'] },
  { seen: ['write'], libc: 'glibc 2.31', has: ['fstat', 'ioctl', 'tgkill'], lacks: ['newfstatat', 'tkill'] },
  { seen: ['write'], libc: 'glibc 2.41', has: ['fstat'], lacks: ['newfstatat'] },
  { seen: ['writev'], libc: 'musl 1.2.3', has: ['ioctl', 'tkill'], lacks: ['fstat', 'newfstatat', 'tgkill'] },
  { seen: ['rt_sigaction'], libc: 'glibc 2.36', has: ['rt_sigreturn'], lacks: ['restart_syscall'] },
  { seen: ['poll'], libc: 'glibc 2.36', has: ['restart_syscall'], lacks: ['rt_sigreturn', 'ppoll'] },
  { seen: ['clone3'], libc: 'glibc 2.36', has: ['futex', 'madvise', 'exit', 'sched_yield'], lacks: ['fork'] },
  { seen: ['brk'], libc: 'glibc 2.36', has: ['mmap', 'munmap', 'mremap', 'getrandom'], lacks: ['futex'] },
  { seen: [], libc: 'glibc 2.36', has: ['exit_group', 'clock_gettime', 'time', 'getcpu'], lacks: ['brk', 'open'] },
])('libc closure of $seen under $libc', ({ seen, libc, has, lacks }) => {
  const all = closed(seen, 'libc', X86, { libcs: [libc] });
  expect([...all]).toEqual(expect.arrayContaining(has));
  for (const name of lacks) expect(all).not.toContain(name);
});

test('each addition says by which rule and why; a variant says of what', () => {
  const added = close(['openat'], 'portable', X86, GLIBC);
  expect(added.find(({ name }) => name === 'open')?.reason).toMatchObject({
    kind: 'variant',
    of: 'openat',
    rule: 'portable/open',
  });
  expect(added.find(({ name }) => name === 'tgkill')?.reason).toMatchObject({ kind: 'implied', rule: 'libc/abort' });
});
