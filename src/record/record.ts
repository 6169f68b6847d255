import type { Access } from './access.ts';
import type { Trust } from './trust.ts';

/** `audit(SECONDS.MILLIS:SERIAL)` (kernel/audit.c audit_log_start). The serial restarts at boot. */
export interface Stamp {
  /** Milliseconds since 1970, UTC. */
  readonly atMs: number;
  readonly serial: number;
}

/** What every record carries beside its own fields. */
export interface Envelope {
  readonly stamp: Stamp;
  readonly trust: Trust;
  /** Host that the carrier names (syslog host, `node=`, journald _HOSTNAME), or undefined. */
  readonly host: string | undefined;
  /** Boot id where the carrier tells it (journald) or is live on this machine, or undefined. */
  readonly bootId: string | undefined;
}

/**
 * type=1326 (kernel/auditsc.c audit_seccomp): one system call that a filter logged or killed.
 * Numbers as the kernel said them; names are put on when shown.
 */
export interface SeccompRecord extends Envelope {
  readonly kind: 'seccomp';
  /** 4294967295 where unset, as logged. */
  readonly auid: number;
  readonly uid: number;
  readonly gid: number;
  /** Audit session; 4294967295 where unset. */
  readonly ses: number;
  /** Thread-group id (tgid), as audit_seccomp logs it. */
  readonly pid: number;
  /** The thread's own name, at most 15 bytes; printable text (see name.ts). */
  readonly comm: string;
  /** Printable text (see name.ts); `(null)` where the kernel had none; ` (deleted)` kept. */
  readonly exe: string;
  readonly sig: number;
  /** AUDIT_ARCH_* as logged: 0xc000003e, not 'x86_64'. */
  readonly archToken: number;
  readonly nr: number;
  readonly compat: number;
  /** Instruction pointer, hex without 0x. */
  readonly ip: string;
  /** SECCOMP_RET_* action, data masked: 0x7ffc0000 is LOG, 0x80000000 KILL_PROCESS. */
  readonly code: number;
}

/** type=1300 (kernel/auditsc.c audit_log_exit): one system call that an audit rule matched, after it returned. */
export interface SyscallRecord extends Envelope {
  readonly kind: 'syscall';
  readonly archToken: number;
  readonly nr: number;
  /** a0 to a3 as logged: hexadecimal without 0x, up to 64 bits. */
  readonly args: readonly [string, string, string, string];
  /** Thread-group id, as in the SECCOMP record. */
  readonly pid: number;
  readonly ses: number;
  readonly exe: string;
}

/** type=1006: a process wrote its loginuid and so opened a new audit session (kernel/audit.c audit_log_set_loginuid). */
export interface LoginRecord extends Envelope {
  readonly kind: 'login';
  readonly pid: number;
  readonly oldSes: number;
  readonly ses: number;
}

/** `AUDIT`: allowed, and to be logged; `ALLOWED`: in complain mode, no rule allows it; `DENIED`, `KILLED`: it did not happen. */
export type AppArmorVerdict = 'AUDIT' | 'ALLOWED' | 'DENIED' | 'KILLED';

/** type=1400 of AppArmor, its older types, or 1107 of dbus-daemon: one access that a profile mediated. Several may bear one serial. */
export interface AppArmorRecord extends Envelope {
  readonly kind: 'apparmor';
  /** `process`: the words are a process' own (dbus-daemon's), whatever the envelope is worth. */
  readonly speaker: 'kernel' | 'process';
  readonly verdict: AppArmorVerdict;
  /** The policy namespace; undefined: the root's. */
  readonly namespace: string | undefined;
  /** Printable text; a child's name begins with its parent's and `//`. */
  readonly profile: string;
  readonly access: Access;
}

/** Any other audit record: only its serial matters, for counting gaps. */
export interface OtherRecord extends Envelope {
  readonly kind: 'other';
  readonly type: number | string;
}

/** A carrier's own word that records were lost before this point. */
export interface LossRecord {
  readonly kind: 'loss';
  readonly trust: Trust;
  /**
   * `suppressed`: printk rate limit (`N callbacks suppressed`; other printk users share it: an upper bound);
   * `kmsg-gap`: /dev/kmsg sequence gap or EPIPE overrun; `enobufs`: the netlink socket overflowed;
   * `audit-lost`: delta or absolute value of the kernel's audit_lost counter; `backlog`, `rate`: the kernel says a limit was hit;
   * `carrier-restart`: nobody listened between the record before and the one after.
   */
  readonly reason:
    | 'suppressed'
    | 'kmsg-gap'
    | 'enobufs'
    | 'audit-lost'
    | 'backlog'
    | 'rate'
    | 'journal-missed'
    | 'carrier-restart';
  /** How many records at most; undefined: unknown. For `audit-lost` the counter's absolute value. */
  readonly count: number | undefined;
  /** Milliseconds since 1970 where the line tells the time. */
  readonly atMs: number | undefined;
  readonly text: string;
}

export type LogRecord = SeccompRecord | SyscallRecord | AppArmorRecord | LoginRecord | OtherRecord | LossRecord;

/** A logged call, and the record that an audit rule made of it when it returned. */
export interface JoinedCall {
  readonly kind: 'joined';
  readonly call: SeccompRecord;
  readonly syscall: SyscallRecord;
}

/** A line that is ours but broken: counted by reason, shown by sample, never guessed at. */
export interface Rejection {
  readonly kind: 'rejected';
  readonly reason: RejectionReason;
  readonly field: string | undefined;
  /** The first bytes of the line, printable text (see name.ts). */
  readonly sample: string;
}

/**
 * `truncated`: a field that must be there is not; `too-long`: over 64 KiB; `bad-number`, `bad-name`, `bad-stamp`: not as the kernel prints it;
 * `repeated`: a field stands twice, as where a record is torn into the next; `trailing`: words after a record's end, which the kernel never writes;
 * `not-at-start`: a record's text inside something else; `no-stamp`: journalctl's short text leaves time and serial of `audit[PID]:` lines out;
 * `interpreted`: `ausearch -i` leaves names unquoted, so that a program's name can imitate fields; `bad-json`: no journal entry.
 */
export type RejectionReason =
  | 'truncated'
  | 'too-long'
  | 'bad-number'
  | 'bad-name'
  | 'bad-stamp'
  | 'repeated'
  | 'trailing'
  | 'not-at-start'
  | 'no-stamp'
  | 'interpreted'
  | 'bad-json';
