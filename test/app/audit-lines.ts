import type { SeccompRecord } from '../../src/record/record.ts';
import { record } from '../observe/records.ts';

/** The kernel's own text of a record (kernel/auditsc.c audit_seccomp). */
export function recordText(one: SeccompRecord): string {
  const { auid, uid, gid, ses, pid, comm, exe, sig, archToken, nr, compat, ip, code } = one;
  const ids = `auid=${auid} uid=${uid} gid=${gid} ses=${ses} pid=${pid} comm="${comm}" exe="${exe}"`;
  const call = `sig=${sig} arch=${archToken.toString(16)} syscall=${nr} compat=${compat} ip=0x${ip} code=0x${code.toString(16)}`;
  return `audit(${stampText(one)}): ${ids} ${call}`;
}

function stampText({ stamp: { atMs, serial } }: SeccompRecord): string {
  return `${Math.floor(atMs / 1000)}.${String(atMs % 1000).padStart(3, '0')}:${serial}`;
}

export const auditLog = (one: SeccompRecord) => `type=SECCOMP msg=${recordText(one)}\n`;
export const dmesg = (one: SeccompRecord) => `[  861.950544] audit: type=1326 ${recordText(one)}\n`;
export const syslog = (host: string) => (one: SeccompRecord) =>
  `2026-11-22T01:33:36.452691+00:00 ${host} kernel: [ 1739.938127] audit: type=1326 ${recordText(one)}\n`;

/** A time that a log could bear. */
export const T0 = 1_795_310_000_000;

/** What hello does under libsandbox.so, as one burst of one tick. */
export function hello(
  at: { readonly ms?: number; readonly serial?: number; readonly pid?: number; readonly exe?: string } = {},
): SeccompRecord[] {
  const { ms = 0, serial = 100, pid = 4242, exe = '/opt/hello' } = at;
  return [262, 318, 12, 1, 231].map((nr, index) => record([T0 + ms, serial + index], { nr, pid, exe }));
}
