import type { LoginRecord, LossRecord, OtherRecord, SeccompRecord } from '../../src/record/record.ts';

const ENVELOPE = { trust: 'kernel', host: undefined, bootId: undefined } as const;

/** A record of getppid on x86_64 in session 7, unless said otherwise. */
export function seccomp(serial: number, fields: Partial<SeccompRecord> = {}): SeccompRecord {
  return {
    kind: 'seccomp',
    ...ENVELOPE,
    stamp: { atMs: 1000 + serial, serial },
    auid: 0,
    uid: 0,
    gid: 0,
    ses: 7,
    pid: 100,
    comm: 'hello',
    exe: '/bin/hello',
    sig: 0,
    archToken: 0xc000003e,
    nr: 110,
    compat: 0,
    ip: '7f0000000000',
    code: 0x7ffc0000,
    ...fields,
  };
}

export function login(serial: number, fields: Pick<LoginRecord, 'pid' | 'oldSes' | 'ses'>): LoginRecord {
  return { kind: 'login', ...ENVELOPE, stamp: { atMs: 1000 + serial, serial }, ...fields };
}

export function other(serial: number, fields: Partial<OtherRecord> = {}): OtherRecord {
  return { kind: 'other', ...ENVELOPE, stamp: { atMs: 1000 + serial, serial }, type: 1305, ...fields };
}

export function loss(reason: LossRecord['reason'], count: number | undefined, text = `${reason} ${count}`): LossRecord {
  return { kind: 'loss', trust: 'kernel', reason, count, atMs: undefined, text };
}
