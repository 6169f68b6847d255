import { expect, test } from 'vitest';
import { abiByName, numbersOf } from '../../src/kernel/abi.ts';
import { complete } from '../../src/profile/complete.ts';
import { type Decision, decisionsFor } from '../../src/profile/decision.ts';
import { POINTS } from '../../src/profile/point.ts';
import { pointNeeds } from '../../src/profile/points/needs.ts';
import { SYSTEMD_DEFAULT } from '../../src/profile/points/systemd.ts';
import type { Policy } from '../../src/profile/profile.ts';
import { synthesize } from '../../src/profile/synthesize.ts';
import { allowlist } from '../../src/render/env.ts';
import { aRun, aTally } from './evidence.ts';

const HELLO = [1, 12, 231, 262, 318];

function byText(a = '', b = ''): number {
  return a < b ? -1 : 1;
}

function decision(call: string, verdict: Decision['verdict'], change: Partial<Decision> = {}): Decision {
  return { exe: '/opt/hello', stage: undefined, call, verdict, who: 'ann', uid: 7, atMs: 5, why: 'so', ...change };
}

function made(policy: Partial<Policy>, decisions: readonly Decision[] = []) {
  const full: Policy = {
    exe: '/opt/hello',
    role: 'program',
    stage: 'launcher',
    point: 'launcher',
    closure: 'none',
    children: true,
    trust: 'file',
    abi: 'x86_64',
    ...policy,
  };
  const seen = synthesize(
    [aRun(1)],
    HELLO.map((nr) => aTally(1, nr)),
    [],
    full,
  );
  return complete(seen, decisionsFor(decisions, '/opt/hello', full.stage), ['glibc 2.36']);
}

test('without a closure the list is what was seen, and what libc would add is offered', () => {
  const { rules, offered } = made({});
  expect(rules.map(({ name, reason }) => [name, reason.kind])).toEqual([
    ['write', 'observed'],
    ['brk', 'observed'],
    ['exit_group', 'observed'],
    ['newfstatat', 'observed'],
    ['getrandom', 'observed'],
  ]);
  expect(offered.map(({ name }) => name)).toContain('tgkill');
  const closed = made({ closure: 'libc' });
  expect(closed.offered).toEqual([]);
  expect(allowlist(closed)).toEqual(
    [...allowlist({ ...closed, rules }), ...offered.map(({ name }) => name)].toSorted(byText),
  );
});

test.for(POINTS)('point %s needs calls of its own, and no call is lost on the way', (point) => {
  const { rules, granted } = made({ point });
  const all = new Set([...rules, ...granted.map(({ rule }) => rule)].map(({ name }) => name));
  const needs = pointNeeds(point).map(({ name }) => name);
  expect([...all].toSorted(byText)).toEqual(
    [...new Set(['write', 'brk', 'exit_group', 'newfstatat', 'getrandom', ...needs])].toSorted(byText),
  );
  const known = numbersOf(abiByName('x86_64') ?? expect.fail());
  expect(needs.filter((name) => !known.has(name))).toEqual([]);
});

test('systemd is spared what it always allows, by the name of the version that does', () => {
  const { rules, granted } = made({ point: 'systemd' });
  expect(rules.map(({ name }) => name)).toEqual(['write', 'newfstatat']);
  expect(granted.map(({ rule, by }) => [rule.name, by])).toEqual(
    ['brk', 'execve', 'exit_group', 'getrandom'].map((name) => [name, 'systemd @default (v256)']),
  );
  expect(made({ point: 'systemd' }).offered.map(({ name }) => name)).not.toContain('clock_gettime');
  expect(granted.filter(({ rule }) => !SYSTEMD_DEFAULT.has(rule.name ?? ''))).toEqual([]);
});

test('who allows a call is its reason, but what was seen stays seen', () => {
  const { rules } = made({}, [decision('ptrace', 'allow'), decision('write', 'allow'), decision('600', 'allow')]);
  expect(rules.find(({ name }) => name === 'ptrace')?.reason).toEqual({
    kind: 'manual',
    who: 'ann',
    atMs: 5,
    why: 'so',
  });
  expect(rules.find(({ name }) => name === 'write')?.reason.kind).toBe('observed');
  expect(rules.find(({ nr }) => nr === 600)?.name).toBeUndefined();
});

test.for(['none', 'libc', 'portable'] as const)('a call that was denied stays off, closure %s', (closure) => {
  const denied = ['brk', 'tgkill', 'execve', 'openat'];
  const profile = made(
    { closure, point: 'oci' },
    denied.map((call) => decision(call, 'deny')),
  );
  expect(allowlist(profile).filter((call) => denied.includes(call))).toEqual([]);
  expect(profile.offered.filter(({ name }) => name === 'tgkill')).toEqual([]);
  expect(profile.refused.map(({ call, seen }) => [call, seen?.count])).toEqual([
    ['brk', 1],
    ['tgkill', undefined],
    ['execve', undefined],
    ['openat', undefined],
  ]);
});

test('words are for a program and a stage; of two on one call a denial counts', () => {
  const words = [
    decision('read', 'allow', { exe: '/opt/other' }),
    decision('ptrace', 'allow', { stage: 'preload' }),
    decision('bpf', 'deny', { stage: 'launcher' }),
    decision('bpf', 'allow'),
    decision('mount', 'allow', { exe: '/opt/hello (deleted)' }),
  ];
  expect(allowlist(made({}, words))).toEqual(expect.arrayContaining(['mount']));
  expect(allowlist(made({}, words)).filter((call) => ['read', 'ptrace', 'bpf'].includes(call))).toEqual([]);
  expect(allowlist(made({}, words.toReversed()))).not.toContain('bpf');
});
