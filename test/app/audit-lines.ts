import type { SeccompRecord, SyscallRecord } from '../../src/record/record.ts';
import { record } from '../observe/records.ts';

/** The kernel's own text of a record (kernel/auditsc.c audit_seccomp). */
export function recordText(one: SeccompRecord): string {
  const { auid, uid, gid, ses, pid, comm, exe, sig, archToken, nr, compat, ip, code } = one;
  const ids = `auid=${auid} uid=${uid} gid=${gid} ses=${ses} pid=${pid} comm="${comm}" exe="${exe}"`;
  const call = `sig=${sig} arch=${archToken.toString(16)} syscall=${nr} compat=${compat} ip=0x${ip} code=0x${code.toString(16)}`;
  return `audit(${stampText(one)}): ${ids} ${call}`;
}

function stampText({ stamp: { atMs, serial } }: SeccompRecord | SyscallRecord): string {
  return `${Math.floor(atMs / 1000)}.${String(atMs % 1000).padStart(3, '0')}:${serial}`;
}

/** The kernel's own text of a SYSCALL record (kernel/auditsc.c audit_log_exit). */
function syscallText(one: SyscallRecord): string {
  const { archToken, nr, args, pid, ses, exe } = one;
  const call = `arch=${archToken.toString(16)} syscall=${nr} success=yes exit=0 ${args.map((arg, at) => `a${at}=${arg}`).join(' ')}`;
  const ids = 'auid=0 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=(none)';
  return `audit(${stampText(one)}): ${call} items=0 ppid=1 pid=${pid} ${ids} ses=${ses} comm="x" exe="${exe}" key="learn"`;
}

/** Type and text as a carrier that numbers types prints them, and as auditd does. */
function typed(one: SeccompRecord | SyscallRecord): {
  readonly number: number;
  readonly name: string;
  readonly text: string;
} {
  if (one.kind === 'seccomp') return { number: 1326, name: 'SECCOMP', text: recordText(one) };
  return { number: 1300, name: 'SYSCALL', text: syscallText(one) };
}

export const auditLog = (one: SeccompRecord | SyscallRecord) => `type=${typed(one).name} msg=${typed(one).text}\n`;
/** Of the audit transport of `boot`. */
export const journal = (boot: string) => (one: SeccompRecord | SyscallRecord) => {
  const { number, name, text } = typed(one);
  const fields = { _TRANSPORT: 'audit', _AUDIT_TYPE: `${number}`, _AUDIT_ID: `${one.stamp.serial}`, _BOOT_ID: boot };
  const time = { _SOURCE_REALTIME_TIMESTAMP: `${one.stamp.atMs}000` };
  return `${JSON.stringify({ ...fields, ...time, MESSAGE: `${name} ${text.slice(text.indexOf('): ') + 3)}` })}\n`;
};
export const dmesg = (one: SeccompRecord | SyscallRecord) =>
  `[  861.950544] audit: type=${typed(one).number} ${typed(one).text}\n`;
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
