import { expect, test } from 'vitest';
import { profileTable } from '../../src/render/table.ts';
import { numbers, OPTIONS, profileOf } from './profiles.ts';

const CALLS = ['read', 'openat', 'connect', 'execve', 'bpf', 'brk'];

function tableOf(width?: number): string[] {
  return profileTable(profileOf(numbers(CALLS)), { ...OPTIONS, width })
    .text.trimEnd()
    .split('\n');
}

test('calls stand by what they touch, each with the set of systemd that it is in, and with its danger', () => {
  const lines = tableOf();
  const groups = lines.filter((line) => /^[a-z-]+$/.test(line));
  expect(groups).toEqual(['files', 'kernel', 'memory', 'network-client', 'processes']);
  expect(lines.find((line) => line.includes('read '))).toMatch(
    /^ {2}read +0 {2}@basic-io +seen 1 time in 1 of 1 runs, /,
  );
  expect(lines.find((line) => line.includes('brk '))).toMatch(/ @default /);
  expect(lines.find((line) => line.startsWith('  bpf'))).toMatch(/ ! loads programs into the kernel; .*; seen 1 time/);
});

test('the foot tells how much the list opens, what is dangerous in it, and what known lists have not', () => {
  expect(tableOf().slice(-4)).toEqual([
    'open: 6 of 385 calls',
    'dangerous (1 to 10): bpf 9, execve 6',
    expect.stringMatching(/^Podman's default opens \d{3}; of this list it lacks 1 \(bpf\)$/),
    expect.stringMatching(/^systemd's @system-service opens \d{3}; of this list it lacks 1 \(bpf\)$/),
  ]);
});

test('no line is longer than the terminal is wide', () => {
  for (const line of tableOf(60)) expect(line.length).toBeLessThanOrEqual(60);
});
