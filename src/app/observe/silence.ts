import { readFileSync, readlinkSync } from 'node:fs';
import type { Via } from '../../source/listener.ts';
import { type AuditStatus, tryAuditStatus } from '../machine/attempts.ts';
import { statusFields } from '../status/status-fields.ts';

/** What on this machine can keep a logged call from arriving. */
export interface PathFacts {
  readonly via: Via;
  /** kernel.seccomp.actions_logged; undefined where the kernel has no such switch. */
  readonly logged: readonly string[] | undefined;
  readonly bootOptions: readonly string[];
  /** Undefined where it may not be asked for. */
  readonly audit: AuditStatus | undefined;
  /** This process is itself under a seccomp filter. */
  readonly filtered: boolean;
  /** Undefined where it cannot be told. */
  readonly initialNetwork: boolean | undefined;
}

export function readPathFacts(via: Via): PathFacts {
  const attempt = tryAuditStatus();
  return {
    via,
    logged: readText('/proc/sys/kernel/seccomp/actions_logged')?.split(/\s+/),
    bootOptions: readText('/proc/cmdline')?.split(/\s+/) ?? [],
    audit: attempt.works ? attempt.status : undefined,
    filtered: statusFields(readText('/proc/self/status') ?? '').get('Seccomp') === '2',
    initialNetwork: isInitialNetwork(),
  };
}

/**
 * What is surely wrong before anything is tried: the kernel would log nothing. One line with its fix, or undefined.
 * Reads one small file.
 */
export function whyNothingIsLogged(): string | undefined {
  return notLogged(readText('/proc/sys/kernel/seccomp/actions_logged')?.split(/\s+/));
}

/** Why the begin marker did not come back, each cause with its fix; none: it is not known. Pure. */
export function causesOfSilence(facts: PathFacts): string[] {
  return CAUSES.flatMap((cause) => cause(facts) ?? []);
}

/** The same as one line. */
export function explainSilence(facts: PathFacts): string {
  return causesOfSilence(facts).join('; ') || 'no cause found: `profiler doctor` looks at more';
}

type Cause = (facts: PathFacts) => string | undefined;

const CAUSES: readonly Cause[] = [
  ({ logged }) => notLogged(logged),
  ({ bootOptions }) => {
    const off = bootOptions.find((option) => /^audit=(0|off)$/.test(option));
    return off && `the kernel was booted with ${off}: take it off the kernel's command line and boot again`;
  },
  ({ audit }) =>
    audit && audit.exclude.length > 0
      ? audit.exclude
          .map((rule) => `an audit rule hides system calls (${rule}): auditctl ${rule.replace(/^-a /, '-d ')}`)
          .join('; ')
      : undefined,
  ({ filtered }) =>
    filtered
      ? 'profiler itself runs under a seccomp filter (a container?), which answers before ours can log: start it outside, or with --security-opt seccomp=unconfined'
      : undefined,
  ({ via, initialNetwork }) =>
    via === 'netlink' && initialNetwork === false
      ? 'the audit multicast group speaks only in the initial network namespace: start profiler there (--network=host)'
      : undefined,
  ({ via, audit }) =>
    via === 'kmsg' && audit && audit.pid !== 0
      ? `auditd (process ${audit.pid}) takes the records, so that the kernel's log has none: give profiler CAP_AUDIT_READ`
      : undefined,
  ({ audit }) =>
    audit && audit.rateLimit > 0
      ? `the kernel drops what is above ${audit.rateLimit} records a second: auditctl -r 0`
      : undefined,
];

function notLogged(logged: readonly string[] | undefined): string | undefined {
  if (!logged) return 'this kernel cannot log system calls: want Linux 4.14 or newer, with CONFIG_SECCOMP_FILTER';
  if (logged.includes('log')) return undefined;
  const all = [...logged, 'log'].filter(Boolean).join(' ');
  return `kernel.seccomp.actions_logged has no log, so no call is recorded: sysctl -w kernel.seccomp.actions_logged="${all}"`;
}

/** The namespace of process 1 is the initial one, unless this is a container; then nobody can tell. */
function isInitialNetwork(): boolean | undefined {
  try {
    return readlinkSync('/proc/self/ns/net') === readlinkSync('/proc/1/ns/net');
  } catch {
    return undefined;
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
