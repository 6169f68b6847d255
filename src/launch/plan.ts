import type { Privilege } from './privileges.ts';
import type { ProgramFacts } from './program.ts';

/** Stages that a program can be started at; evidence of the one does not serve the other. */
export type LaunchStage = 'preload' | 'launcher';

export interface LaunchRequest {
  readonly program: ProgramFacts;
  /** CMD and its arguments as the person gave them. */
  readonly argv: readonly string[];
  readonly stage: LaunchStage;
  /** `learn`: what is not allowed is logged; `enforce`: it kills the process. */
  readonly mode: 'learn' | 'enforce';
  /** Names or numbers; for `learn` usually empty. */
  readonly allow: readonly string[];
  readonly libsandbox: string;
  readonly sandboxify: string;
  /** AUDIT_ARCH_* that libsandbox.so and sandboxify were built for. */
  readonly nativeToken: number;
  /** LD_PRELOAD of the caller's environment. */
  readonly preloaded: string | undefined;
}

/** What to execute: `path` with `argv` (argv[0] included), in the caller's environment with these changes. */
export interface Launch {
  readonly kind: 'launch';
  readonly path: string;
  readonly argv: readonly string[];
  readonly set: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
}

export interface Refusal {
  readonly kind: 'refused';
  /** Why the filter would not be on, or not rightly: without a subject, to be put behind `PATH: `. */
  readonly cause: string;
}

/**
 * How to start a program so that the filter is on: through libsandbox.so, or through sandboxify. Refused where the program
 * would run without its filter or with the wrong one.
 */
export function planLaunch(request: LaunchRequest): Launch | Refusal {
  const cause = whyNot(request);
  if (cause !== undefined) return { kind: 'refused', cause };
  const { program, stage, libsandbox, sandboxify, preloaded } = request;
  const argv = program.viaShell ? ['/bin/sh', program.path, ...request.argv.slice(1)] : request.argv;
  const path = program.viaShell ? '/bin/sh' : program.path;
  if (stage === 'launcher') {
    // execvp() in sandboxify finds CMD as we did; argv[0] stays what the person wrote.
    return { kind: 'launch', path: sandboxify, argv: [sandboxify, '--', ...argv], set: contract(request), unset: DENY };
  }
  const preload = preloaded ? `${libsandbox}:${preloaded}` : libsandbox;
  return { kind: 'launch', path, argv, set: { ...contract(request), LD_PRELOAD: preload }, unset: DENY };
}

/** The stage that suits a program best: after the loader where there is one that honours LD_PRELOAD, else from the start. */
export function defaultStage(request: Omit<LaunchRequest, 'stage'>): LaunchStage {
  return whyNotPreload(request) === undefined ? 'preload' : 'launcher';
}

const DENY = ['SECCOMP_SYSCALL_DENY'];

/** All that decides is set, so that nothing of the caller's environment (a default action of log) weakens it. */
function contract({ mode, allow }: LaunchRequest): Record<string, string> {
  return {
    SECCOMP_SYSCALL_ALLOW: allow.join(':'),
    SECCOMP_DEFAULT_ACTION: mode === 'learn' ? 'log' : 'kill',
    SECCOMP_QUIET: '1',
  };
}

function whyNot(request: LaunchRequest): string | undefined {
  const { program, stage, mode, nativeToken } = request;
  if (program.elf.type === 'other') return 'is no program but another kind of ELF file';
  if (mode === 'enforce' && program.elf.archToken !== nativeToken) {
    return 'is built for another architecture or word size: every call of it would be killed';
  }
  if (stage === 'preload') return whyNotPreload(request);
  const unprivileged = program.caller.uid !== 0;
  if (program.gains.length > 0 && (mode === 'enforce' || unprivileged)) {
    return `has ${listed(program.gains)}, which no_new_privs takes away from it: start it as the user that it would become`;
  }
  return undefined;
}

function whyNotPreload({ program, libsandbox, nativeToken }: Omit<LaunchRequest, 'stage'>): string | undefined {
  if (!program.loader) return 'is static: LD_PRELOAD does nothing to it';
  if (program.loader.libc === 'other')
    return `is started by ${program.loader.path}: whether that honours LD_PRELOAD is not known`;
  if (program.elf.archToken !== nativeToken) return 'is built for another architecture or word size than libsandbox.so';
  if (program.gains.length > 0) return `has ${listed(program.gains)}: the loader ignores LD_PRELOAD for it`;
  // ld.so(8): LD_PRELOAD is split at spaces and colons, and $ORIGIN, $LIB, $PLATFORM are replaced.
  if (/[\s:$]/.test(libsandbox))
    return `cannot be given ${libsandbox}: LD_PRELOAD takes no path with a space, a colon or a $`;
  return undefined;
}

function listed(gains: readonly Privilege[]): string {
  return gains.join(' and ');
}
