/**
 * Who can have written a record, by its carrier:
 * `kernel`: audit netlink, /dev/kmsg facility 0 with the type at the record's start, journald `_TRANSPORT=audit` (or kernel with facility 0);
 * `file`: auditd's audit.log, as safe as its file mode; `forgeable`: syslog text, pipes: any local user can write such a line.
 */
export type Trust = 'kernel' | 'file' | 'forgeable';

/** Most trusted first. */
export const TRUSTS: readonly Trust[] = ['kernel', 'file', 'forgeable'];

export function atLeast(trust: Trust, wanted: Trust): boolean {
  return TRUSTS.indexOf(trust) <= TRUSTS.indexOf(wanted);
}
