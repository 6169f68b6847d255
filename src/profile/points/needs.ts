import type { Point } from '../point.ts';
import type { Implied } from '../reason.ts';

export interface Need {
  readonly name: string;
  readonly reason: Implied;
}

/** What whoever loads the filter calls itself between that and the program's first instruction. */
export function pointNeeds(point: Point): readonly Need[] {
  return NEEDS[point];
}

/**
 * Measured by strace on Debian 12: crun 1.8.1 closes a descriptor and executes; runc 1.1.5 (the thread that loads the
 * filter) also looks through /proc/self/fd and tells its parent. Both with noNewPrivileges: without it they load the
 * filter before they change user and capabilities, and need some twenty calls more.
 */
const OCI = 'crun 1.8.1 or runc 1.1.5 makes it between loading the filter and the program (noNewPrivileges: true)';

const NEEDS: Readonly<Record<Point, readonly Need[]>> = {
  preload: [],
  // sandboxify's filter becomes active when execve returns.
  launcher: [],
  systemd: needs('systemd/execute', 'systemd loads the filter before it executes the program', ['execve']),
  oci: needs('oci/runtime', OCI, [
    'close',
    'epoll_ctl',
    'execve',
    'fstatfs',
    'futex',
    'getdents64',
    'getpid',
    'openat',
    'rt_sigreturn',
    'write',
  ]),
  minijail: needs(
    'minijail/execute',
    'minijail0 -n (static programs) and bwrap load the filter before they execute the program',
    ['execve'],
  ),
};

function needs(rule: string, why: string, names: readonly string[]): readonly Need[] {
  return names.map((name) => ({ name, reason: { kind: 'implied', rule, why } }));
}
