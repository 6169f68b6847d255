import { CAPABILITIES, type Capability, hasCapability } from './capabilities.ts';
import { lossSettings, type Uses } from './loss-settings.ts';
import type { Machine } from './machine.ts';
import { type Finding, fail, NOT_KNOWN, ok, type Verdict, warn } from './verdict.ts';

/** What of a machine works for observing and enforcing, with the fix beside each fault; `uses`: what the daemon is to read. Pure. */
export function diagnose(machine: Machine, uses?: Uses): Finding[] {
  const found = (checks: readonly (readonly [string, Check])[]) =>
    checks.map(([what, check]) => ({ what, ...check(machine) }));
  return [...found(KERNEL), ...lossSettings(machine, uses), ...found(CHECKS)];
}

type Check = (machine: Machine) => Verdict;

const KERNEL: readonly (readonly [what: string, check: Check])[] = [
  ['kernel', kernel],
  ['seccomp actions', actions],
];

const CHECKS: readonly (readonly [what: string, check: Check])[] = [
  ['audit records', records],
  ['records lost', lost],
  ['audit session', session],
  ...CAPABILITIES.map((capability): [string, Check] => [capability.name, (machine) => held(machine, capability)]),
  ['own filter', ownFilter],
  ['ptrace scope', ptraceScope],
  ['clock', clock],
  ['libsandbox.so', (machine) => part(machine.preload)],
  ['sandboxify', (machine) => part(machine.launcher)],
  ['session-run', ({ sessionRun }) => (sessionRun.works ? ok('runs') : part(sessionRun))],
  ['file-caps', (machine) => part(machine.fileCaps)],
  ['database', database],
  ['Node.js', node],
];

/** SECCOMP_RET_LOG and SECCOMP_RET_KILL_PROCESS came with Linux 4.14 (seccomp(2)). */
function kernel({ kernel: version }: Machine): Verdict {
  const told = `Linux ${version}`;
  return atLeast(version, 4, 14) ? ok(told) : fail(told, 'want Linux 4.14 or newer: it brought the log action');
}

function actions({ actions: available }: Machine): Verdict {
  if (!available)
    return fail('the kernel does not tell its actions', 'want a kernel with CONFIG_SECCOMP_FILTER, and /proc mounted');
  const missing = ['log', 'kill_process'].filter((action) => !available.includes(action));
  if (missing.length > 0) return fail(`no ${missing.join(', no ')}`, 'want Linux 4.14 or newer');
  return ok(available.join(' '));
}

function records({ records: netlink, kmsg }: Machine): Verdict {
  if (netlink.works) return ok('a logged call arrived through the audit multicast group');
  if (!kmsg?.works) return fail(`a logged call did not arrive: ${netlink.why}`, 'run as root; see the faults above');
  return warn(
    `only through /dev/kmsg, which loses records: ${netlink.why}`,
    'run as root (CAP_AUDIT_READ) in the initial user namespace',
  );
}

function lost({ audit: { status } }: Machine): Verdict {
  if (!status) return NOT_KNOWN;
  if (status.lost === 0) return ok('none since boot');
  return warn(
    `${status.lost} since boot: logs of that time have holes`,
    'auditctl -b 8192 -r 0; auditctl --reset-lost starts anew',
  );
}

function session({ session: attempt }: Machine): Verdict {
  if (attempt.works) return ok('a run can have a session of its own');
  const why = 'a run cannot have a session of its own and is told by process id and time';
  return warn(
    `${why}: ${attempt.why}`,
    'run as root (CAP_AUDIT_CONTROL); auditctl --loginuid-immutable must not be set',
  );
}

function held({ capabilities }: Machine, capability: Capability): Verdict {
  if (hasCapability(capabilities, capability)) return ok('held');
  return warn(`not held: ${capability.without}`, 'run as root');
}

function ownFilter({ filtered, tracer }: Machine): Verdict {
  const told = [filtered && 'profiler itself runs under a filter', tracer > 0 && `process ${tracer} traces it`]
    .filter(Boolean)
    .join(', and ');
  if (!told) return ok('none, and no tracer');
  return warn(
    `${told}: sandboxify falls back to --exec-guard, and what that filter forbids stays forbidden`,
    'start profiler outside of it',
  );
}

function ptraceScope({ yamaScope: scope }: Machine): Verdict {
  if (scope === undefined || scope === '0' || scope === '1')
    return ok(scope === undefined ? 'no Yama' : `kernel.yama.ptrace_scope ${scope}`);
  if (scope === '2')
    return ok('kernel.yama.ptrace_scope 2: sandboxify needs CAP_SYS_PTRACE, or falls back to --exec-guard');
  return warn(
    'kernel.yama.ptrace_scope 3: sandboxify falls back to --exec-guard',
    'boot with another value: 3 cannot be taken back',
  );
}

/** Clocks that the vDSO reads without a system call (arch/x86/entry/vdso, drivers/clocksource); others cost a call. */
const VDSO_CLOCKS =
  /^(tsc|kvm-clock|hyperv_clocksource_tsc_page|arch_sys_counter|riscv_clocksource|tod|timebase|stable_counter)$/;

function clock({ clocksource }: Machine): Verdict {
  if (clocksource === undefined) return ok('not told');
  if (VDSO_CLOCKS.test(clocksource)) return ok(clocksource);
  const told = `${clocksource}: clock_gettime and gettimeofday are system calls here and appear in lists, elsewhere they do not`;
  return warn(told, 'learn on a machine like the one to enforce on');
}

function part(attempt: Machine['preload']): Verdict {
  return attempt.works ? ok(attempt.told) : fail(attempt.why, 'build it (npm run build), or install profiler again');
}

function database({ database: attempt }: Machine): Verdict {
  if (attempt.works) return ok(`${attempt.path} ${attempt.told}`);
  return fail(attempt.why, 'name another by --db or PROFILER_DB, or run as its owner');
}

function node({ node: version, loader }: Machine): Verdict {
  const libc = loader ? `${loader.libc} ${loader.version ?? '(unknown version)'}` : 'static';
  return atLeast(version, 20, 19) ? ok(`${version}, ${libc}`) : fail(version, 'want Node.js 20.19 or newer');
}

function atLeast(version: string, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map((number) => Number.parseInt(number, 10));
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}
