import type { ClosureRule } from './rule.ts';

/**
 * What a libc does on paths that a run need not have taken, each by what was seen or by the source that makes it. The
 * names are of all ABIs; the closure takes those that a list's ABI has.
 */
export const LIBC_RULES: readonly ClosureRule[] = [
  rule('exit', [], ['exit', 'exit_group'], 'a program that a signal ended has not shown how it ends by itself'),
  rule(
    'abort',
    [],
    ['rt_sigprocmask', 'gettid', 'getpid', 'tgkill'],
    'abort(), assert() and a damaged heap end by a signal to the own thread',
    /^glibc/,
  ),
  rule('abort', [], ['rt_sigprocmask', 'tkill'], 'abort() and assert() end by a signal to the own thread', /^musl/),
  rule(
    'message',
    [],
    ['write', 'writev'],
    'an error message is written before the end (glibc: writev for a damaged heap, musl: writev for all of stdio)',
  ),
  rule(
    'vdso',
    [],
    ['clock_gettime', 'clock_gettime64', 'clock_getres', 'clock_getres_time64', 'gettimeofday', 'time', 'getcpu'],
    'the vDSO answers them without a record while the clock source is tsc; with another (hpet, acpi_pm, xen) they are calls',
  ),
  rule(
    'signal-return',
    ['rt_sigaction', 'sigaction', 'signal'],
    ['rt_sigreturn', 'sigreturn'],
    'a handler was installed, and it returns by this call once a signal comes',
  ),
  rule(
    'restart',
    ['nanosleep', 'clock_nanosleep', 'clock_nanosleep_time64', 'poll', 'futex', 'futex_time64'],
    ['restart_syscall'],
    'the kernel resumes a timed wait by this call after a stop (SIGSTOP and SIGCONT, a debugger, a freezer)',
  ),
  rule(
    'stdout-kind',
    ['write', 'writev'],
    ['newfstatat', 'fstatat64'],
    'stdio asks what its output is before it first writes there',
    /^glibc 2\.3[3-8]\b/,
  ),
  rule(
    'stdout-kind',
    ['write', 'writev'],
    ['fstat', 'fstat64'],
    'stdio asks what its output is before it first writes there',
    /^glibc 2\.(?:[0-9]|[12][0-9]|3[0-2]|39|[4-9][0-9])\b/,
  ),
  rule('stdout-kind', ['write', 'writev'], ['ioctl'], 'stdio asks of a character device whether it is a terminal'),
  rule(
    'heap',
    ['brk', 'mmap', 'mmap2'],
    ['brk', 'mmap', 'mmap2', 'munmap', 'mremap'],
    'a heap grows by brk or mmap, moves large blocks by mremap and gives them back by munmap, as its contents ask',
  ),
  rule('heap-key', ['brk', 'mmap', 'mmap2'], ['getrandom'], 'the first malloc makes a random key (glibc from 2.36)'),
  rule(
    'threads',
    ['clone', 'clone3'],
    ['set_robust_list', 'rseq', 'rt_sigprocmask', 'mprotect', 'madvise', 'munmap', 'exit'],
    'a thread sets itself up, has a heap of its own that grows by mprotect, and ends by exit; its stack is given back',
  ),
  rule(
    'contention',
    ['clone', 'clone3'],
    ['futex', 'futex_time64'],
    'a lock that two threads want at once, and a join that has to wait, sleep in futex; a lucky run shows neither',
  ),
  rule('yield', ['clone', 'clone3', 'futex'], ['sched_yield'], 'a thread that waits for another may yield'),
];

function rule(id: string, when: readonly string[], adds: readonly string[], why: string, libc?: RegExp): ClosureRule {
  return { set: 'libc', id: `libc/${id}`, when, adds, why, ...(libc && { libc }) };
}
