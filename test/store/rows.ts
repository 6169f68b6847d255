import type { NewRun, RunTally } from '../../src/store/store.ts';

export const LOG = 0x7ffc0000;
export const X86_64 = 0xc000003e;

export function newRun(change: Partial<NewRun> = {}): NewRun {
  return {
    kind: 'observed',
    stage: 'preload',
    mode: 'full',
    name: undefined,
    exe: '/opt/hello',
    argv: ['./hello'],
    buildId: 'b1',
    sha256: 'c1',
    host: 'vm',
    bootId: 'boot-1',
    ses: 7,
    pid: 100,
    uid: 0,
    kernel: '6.18.44',
    libc: 'glibc 2.36',
    startedMs: 1_000_000,
    ...change,
  };
}

export function newTally(change: Partial<RunTally> & { readonly runId: number }): RunTally {
  return {
    exe: '/opt/hello',
    archToken: X86_64,
    nr: 1,
    code: LOG,
    trust: 'kernel',
    count: 1,
    firstMs: 1_000_001,
    lastMs: 1_000_001,
    sampleSerial: 50,
    sampleIp: '7f00',
    ...change,
  };
}
