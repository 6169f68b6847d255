import fc from 'fast-check';
import { expect, test } from 'vitest';
import { abiByName, numbersOf } from '../../src/kernel/abi.ts';
import { CONTAINER_DEFAULT, readingOf } from '../../src/profile/reading.ts';

const abi = abiByName('x86_64');
if (!abi) throw new Error('no x86_64');
const names = [...numbersOf(abi).keys()];

test('a list is read by what it touches, what is dangerous in it and how large it is', () => {
  const reading = readingOf(['read', 'openat', 'connect', 'ptrace', 'execve', 'brk'], abi, [CONTAINER_DEFAULT]);
  expect(reading.surface).toEqual({ allowed: 6, all: names.length });
  expect(reading.resources).toEqual([
    { resource: 'files', names: ['read', 'openat'] },
    { resource: 'network-client', names: ['connect'] },
    { resource: 'processes', names: ['ptrace', 'execve'] },
    { resource: 'memory', names: ['brk'] },
  ]);
  expect(reading.dangerous.map(({ name }) => name)).toEqual(['ptrace', 'execve']);
  expect(reading.dangerous[0]?.why).toContain('memory');
});

test('what only this list allows is named', () => {
  const [comparison] = readingOf(['read', 'bpf', 'userfaultfd'], abi, [CONTAINER_DEFAULT]).comparisons;
  expect(comparison).toMatchObject({ with: "Podman's default", beyond: ['bpf', 'userfaultfd'] });
  expect(comparison?.size).toBeGreaterThan(250);
});

test('every call of a list stands in one group, and only once', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.constantFrom(...names)), (list) => {
      const { resources, surface } = readingOf(list, abi, []);
      expect(resources.flatMap((group) => group.names).sort()).toEqual([...list].sort());
      expect(surface.allowed).toBe(list.length);
    }),
  );
});

test('a number that has no name counts, and is in no group', () => {
  expect(readingOf(['read', '467'], abi, [])).toMatchObject({
    surface: { allowed: 2 },
    resources: [{ names: ['read'] }],
  });
});
