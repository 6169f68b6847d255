import { expect, test } from 'vitest';
import { abiByName, numbersOf, syscallNumber } from '../../src/kernel/abi.ts';
import { ABIS } from '../../src/kernel/tables.gen.ts';
import { valueArguments } from '../../src/kernel/value-arguments.ts';

function of(abiName: string, call: string): readonly (readonly [number, string])[] {
  const abi = abiByName(abiName);
  const nr = abi && syscallNumber(abi, call);
  if (!abi || nr === undefined) throw new Error(`${call} is in no table of ${abiName}`);
  return valueArguments(abi.token, nr).map(({ index, name }) => [index, name]);
}

test.for<readonly [string, string, readonly (readonly [number, string])[]]>([
  [
    'x86_64',
    'socket',
    [
      [0, 'domain'],
      [1, 'type'],
      [2, 'protocol'],
    ],
  ],
  ['x86_64', 'openat', [[2, 'flags']]],
  ['aarch64', 'openat', [[2, 'flags']]],
  [
    'x32',
    'socket',
    [
      [0, 'domain'],
      [1, 'type'],
      [2, 'protocol'],
    ],
  ],
  [
    'x86_64',
    'mmap',
    [
      [2, 'prot'],
      [3, 'flags'],
    ],
  ],
  [
    'i386',
    'mmap2',
    [
      [2, 'prot'],
      [3, 'flags'],
    ],
  ],
  ['i386', 'socketcall', [[0, 'call']]],
  ['x86_64', 'clone', [[0, 'flags']]],
  ['s390x', 'clone', [[1, 'flags']]],
  ['mips', 'prctl', [[0, 'op']]],
])('%s %s', ([abi, call, expected]) => expect(of(abi, call)).toEqual(expected));

test.for([
  ['i386', 'mmap'],
  ['s390x', 'mmap'],
  ['x86_64', 'read'],
  ['x86_64', 'execve'],
  ['x86_64', 'clone3'],
  ['x86_64', 'openat2'],
  ['x86_64', 'exit_group'],
] as const)('%s %s has pointers, lengths and descriptors only', ([abi, call]) => expect(of(abi, call)).toEqual([]));

test('only what a SYSCALL record holds is asked for, each index once, in ascending order', () => {
  let calls = 0;
  for (const abi of ABIS) {
    for (const nr of numbersOf(abi).values()) {
      const indices = valueArguments(abi.token, nr + abi.base).map(({ index }) => index);
      if (indices.length > 0) calls++;
      expect(indices).toEqual([...new Set(indices)].sort((a, b) => a - b));
      for (const index of indices) expect([0, 1, 2, 3]).toContain(index);
    }
  }
  expect(calls).toBeGreaterThan(1500);
});

test('a call or an architecture that is in no table has none', () => {
  expect(valueArguments(0xc000003e, -1)).toEqual([]);
  expect(valueArguments(0xc000003e, 5000)).toEqual([]);
  expect(valueArguments(0xdeadbeef, 41)).toEqual([]);
});
