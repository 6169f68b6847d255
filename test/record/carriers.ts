import type { Carrier } from '../../src/record/carrier.ts';
import { type Body, body } from './lines.ts';

export interface Wrapped {
  readonly carrier: Carrier;
  /** The bytes of one record as this carrier has it, ready to stand beside others. */
  readonly wrap: (change: Partial<Body>, serial: number, sequence: number) => string;
}

const stamp = (serial: number): string => `audit(1795310814.627:${serial}): `;
const text = (change: Partial<Body>, serial: number): string => `audit: type=1326 ${stamp(serial)}${body(change)}`;

/** One well-formed record in each carrier's frame. */
export const WRAPPED: readonly Wrapped[] = [
  { carrier: 'netlink', wrap: (change, serial) => `type=1326 msg=${stamp(serial)}${body(change)}\n` },
  {
    carrier: 'kmsg',
    // /dev/kmsg escapes a backslash; of the bytes that audit prints it is the only one.
    wrap: (change, serial, sequence) =>
      `5,${sequence},986784820,-;${text(change, serial).replaceAll('\\', '\\x5c')}\n SUBSYSTEM=x\n`,
  },
  { carrier: 'dmesg', wrap: (change, serial) => `[  986.784820] ${text(change, serial)}\n` },
  {
    carrier: 'syslog',
    wrap: (change, serial) => `Nov 22 01:33:36 vm kernel: [ 1739.938127] ${text(change, serial)}\n`,
  },
  {
    carrier: 'syslog',
    wrap: (change, serial) => `<5>1 2026-11-22T01:33:36.452691+00:00 vm kernel - - - ${text(change, serial)}\n`,
  },
  { carrier: 'audit-log', wrap: (change, serial) => `type=SECCOMP msg=${stamp(serial)}${body(change)}\n` },
  {
    carrier: 'audit-log',
    wrap: (change, serial) =>
      `node=vm type=SECCOMP msg=${stamp(serial)}${body(change)}\x1dAUID="unset" SYSCALL=close\n`,
  },
  {
    carrier: 'journal-json',
    wrap: (change, serial) =>
      `${JSON.stringify({ _TRANSPORT: 'kernel', SYSLOG_FACILITY: '0', _HOSTNAME: 'vm', MESSAGE: text(change, serial) })}\n`,
  },
  {
    carrier: 'journal-export',
    wrap: (change, serial) => `_TRANSPORT=kernel\nMESSAGE=${text(change, serial)}\nSYSLOG_FACILITY=0\n_HOSTNAME=vm\n\n`,
  },
];
