import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { callFacts, RESOURCES } from '../../src/kernel/call-facts.ts';

const lines = readFileSync(new URL('../../src/kernel/syscalls.csv', import.meta.url), 'utf8').split('\n');
const names = lines
  .filter((line) => line !== '' && !/^(#|name,)/.test(line))
  .map((line) => line.split(',', 1)[0] ?? '');

test('every call of the table has its facts, each from the words there are', () => {
  expect(names.length).toBeGreaterThan(500);
  for (const name of names) {
    const facts = callFacts(name);
    expect(facts, name).toBeDefined();
    expect(RESOURCES, name).toContain(facts?.resource);
    expect(['yes', 'if', 'no'], name).toContain(facts?.container);
    expect(facts?.danger, name).toBeGreaterThanOrEqual(0);
    expect(facts?.danger, name).toBeLessThanOrEqual(10);
    expect(facts?.why !== '', `${name}: dangerous, and why`).toBe((facts?.danger ?? 0) > 0);
  }
});

test('a name of no table has none', () => {
  expect(callFacts('no_such_call')).toBeUndefined();
});

test('what loads code into the kernel is the most dangerous, what only reads the least', () => {
  expect(callFacts('init_module')?.danger).toBe(10);
  expect(callFacts('read')?.danger).toBe(0);
});

test.for([
  ['bpf', 'no'],
  ['init_module', 'no'],
  ['userfaultfd', 'no'],
  ['perf_event_open', 'no'],
  ['io_uring_setup', 'no'],
  ['ptrace', 'yes'],
  ['socket', 'if'],
  ['personality', 'if'],
] as const)('containers have %s by default: %s', ([name, container]) => {
  expect(callFacts(name)?.container).toBe(container);
});
