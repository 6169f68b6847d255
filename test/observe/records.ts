import type { SeccompRecord } from '../../src/record/record.ts';

export const LOG = 0x7ffc0000;
export const X86_64 = 0xc000003e;
export const I386 = 0x40000003;

/** A record as a reader gives it; `at` is [milliseconds, serial]. */
export function record(at: readonly [number, number], change: Partial<SeccompRecord> = {}): SeccompRecord {
  return {
    kind: 'seccomp',
    stamp: { atMs: at[0], serial: at[1] },
    trust: 'kernel',
    host: undefined,
    bootId: undefined,
    auid: 0xffffffff,
    uid: 0,
    gid: 0,
    ses: 0xffffffff,
    pid: 100,
    comm: 'hello',
    exe: '/opt/hello',
    sig: 0,
    archToken: X86_64,
    nr: 1,
    compat: 0,
    ip: `7f${at[1]}`,
    code: LOG,
    ...change,
  };
}
