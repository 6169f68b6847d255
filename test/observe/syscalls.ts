import type { SeccompRecord, SyscallRecord } from '../../src/record/record.ts';
import { record } from './records.ts';

/** A SYSCALL record as a reader gives it; `at` is [milliseconds, serial]. */
export function syscall(at: readonly [number, number], change: Partial<SyscallRecord> = {}): SyscallRecord {
  const { host, bootId, trust, pid, ses, exe, archToken } = record(at);
  const stamp = { atMs: at[0], serial: at[1] };
  return {
    kind: 'syscall',
    stamp,
    host,
    bootId,
    trust,
    pid,
    ses,
    exe,
    archToken,
    nr: 41,
    args: ['2', '1', '0', '7fff'],
    ...change,
  };
}

export const SOCKET: Partial<SeccompRecord> = { nr: 41 };
