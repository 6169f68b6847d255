import type { Envelope, SeccompRecord } from './record.ts';

/** Where a record came from: one object for all that share it, so that it can be compared by identity. */
export type Origin = Pick<Envelope, 'trust' | 'host' | 'bootId'>;

/** What a record says before its call. One process' records say the same, so that they share it. */
export type Caller = Pick<SeccompRecord, 'auid' | 'uid' | 'gid' | 'ses' | 'pid' | 'comm' | 'exe' | 'sig' | 'archToken'>;

/**
 * A record of seccomp as its reader has it: numbers, and what it shares with others by reference, so that reading one makes
 * no garbage. A reader keeps one and fills it anew: nothing may hold on to it. recordOf() gives what may be kept.
 */
export interface Call {
  readonly kind: 'call';
  origin: Origin;
  caller: Caller;
  atMs: number;
  serial: number;
  nr: number;
  compat: number;
  /** The instruction pointer, in halves. */
  ipHigh: number;
  ipLow: number;
  code: number;
}

export function newCall(): Call {
  const origin: Origin = { trust: 'forgeable', host: undefined, bootId: undefined };
  const caller: Caller = { auid: 0, uid: 0, gid: 0, ses: 0, pid: 0, comm: '', exe: '', sig: 0, archToken: 0 };
  return { kind: 'call', origin, caller, atMs: 0, serial: 0, nr: 0, compat: 0, ipHigh: 0, ipLow: 0, code: 0 };
}

export function recordOf(call: Call): SeccompRecord {
  const { origin, caller, atMs, serial, nr, compat, ipHigh, ipLow, code } = call;
  const { trust, host, bootId } = origin;
  const { auid, uid, gid, ses, pid, comm, exe, sig, archToken } = caller;
  const stamp = { atMs, serial };
  const ip = ipText(ipHigh, ipLow);
  // One literal: a spread costs as much as the parse.
  // biome-ignore format: fields, not lines, are what there is to see
  return { kind: 'seccomp', stamp, trust, host, bootId, auid, uid, gid, ses, pid, comm, exe, sig, archToken, nr, compat, ip, code };
}

/** As the kernel prints it. */
export function ipText(high: number, low: number): string {
  return high === 0 ? low.toString(16) : high.toString(16) + low.toString(16).padStart(8, '0');
}
