import type { ClosureRule } from './rule.ts';

const SOCKET_CALLS =
  'socket bind connect listen accept getsockname getpeername socketpair send recv sendto recvfrom shutdown setsockopt getsockopt sendmsg recvmsg accept4 recvmmsg sendmmsg';
const IPC_CALLS = 'semop semget semctl semtimedop msgsnd msgrcv msgget msgctl shmat shmdt shmget shmctl';
const IDS =
  'getuid geteuid getgid getegid getgroups getresuid getresgid setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid setfsgid'.split(
    ' ',
  );

/**
 * Calls that stand in for one another: which of a group is made depends on the libc's version, the kernel and the ABI. A
 * member on the list brings the others that its ABI has. The *_time64 calls are those of 32 bits after 2038 (Linux 5.1).
 */
export const PORTABLE_RULES: readonly ClosureRule[] = [
  group('open', 'openat took the place of open in glibc 2.26; openat2 is since Linux 5.6', 'open openat openat2'),
  oneWay('create', 'creat is an open; new ABIs lack it', 'creat', 'open openat'),
  group(
    'stat',
    'fstat became newfstatat in glibc 2.33 and is fstat again since 2.39; 32 bits and new ABIs have statx',
    'stat lstat fstat newfstatat statx stat64 lstat64 fstat64 fstatat64 oldstat oldlstat oldfstat',
  ),
  group('statfs', '32 bits have a wide form', 'statfs statfs64'),
  group('fstatfs', '32 bits have a wide form', 'fstatfs fstatfs64'),
  group('process', 'fork is clone in glibc, clone3 since 2.34 for threads and spawn', 'fork vfork clone clone3'),
  group('poll', 'new ABIs have only ppoll', 'poll ppoll ppoll_time64'),
  group('select', 'new ABIs have only pselect6', 'select _newselect pselect6 pselect6_time64'),
  group('epoll-wait', 'new ABIs have only epoll_pwait', 'epoll_wait epoll_pwait epoll_pwait2'),
  group('epoll-create', 'new ABIs have only epoll_create1', 'epoll_create epoll_create1'),
  group('access', 'glibc 2.33 takes faccessat2 where flags are given', 'access faccessat faccessat2'),
  group('dup2', 'new ABIs have only dup3', 'dup2 dup3'),
  group('pipe', 'new ABIs have only pipe2', 'pipe pipe2'),
  group('getdents', 'getdents64 took the place of getdents', 'getdents getdents64 readdir'),
  group('mkdir', 'new ABIs have only mkdirat', 'mkdir mkdirat'),
  group('mknod', 'new ABIs have only mknodat', 'mknod mknodat'),
  group('unlink', 'new ABIs have only unlinkat', 'unlink rmdir unlinkat'),
  group('rename', 'new ABIs have renameat2 alone', 'rename renameat renameat2'),
  group('link', 'new ABIs have only linkat', 'link linkat'),
  group('symlink', 'new ABIs have only symlinkat', 'symlink symlinkat'),
  group('readlink', 'new ABIs have only readlinkat', 'readlink readlinkat'),
  group('chmod', 'fchmodat2 is since Linux 6.6', 'chmod fchmodat fchmodat2'),
  group(
    'chown',
    'new ABIs have only fchownat; 32 bits have a form for wide ids',
    'chown lchown fchownat chown32 lchown32',
  ),
  group('fchown', '32 bits have a form for wide ids', 'fchown fchown32'),
  group('utime', 'utimensat took the place of the others', 'utime utimes futimesat utimensat utimensat_time64'),
  group('inotify', 'new ABIs have only inotify_init1', 'inotify_init inotify_init1'),
  group('eventfd', 'new ABIs have only eventfd2', 'eventfd eventfd2'),
  group('signalfd', 'new ABIs have only signalfd4', 'signalfd signalfd4'),
  group('accept', 'accept4 is accept with flags', 'accept accept4'),
  oneWay('socketcall', 'i386 and s390 made all socket calls by one, before Linux 4.3', SOCKET_CALLS, 'socketcall'),
  oneWay('socketcall', 'it stood for each of them', 'socketcall', SOCKET_CALLS),
  oneWay('ipc', 'old ABIs made all System V calls by one, before Linux 5.1', IPC_CALLS, 'ipc'),
  oneWay('ipc', 'it stood for each of them', 'ipc', IPC_CALLS),
  group('send', 'send and recv are sendto and recvfrom', 'send sendto'),
  group('recv', 'send and recv are sendto and recvfrom', 'recv recvfrom'),
  group('recvmmsg', 'time64', 'recvmmsg recvmmsg_time64'),
  group(
    'clock',
    'which call a libc takes for time() and gettimeofday() is its own affair',
    'time gettimeofday clock_gettime clock_gettime64',
  ),
  group('clock-res', 'time64', 'clock_getres clock_getres_time64'),
  group('clock-set', 'time64', 'clock_settime clock_settime64 settimeofday stime'),
  group('clock-adjust', 'time64', 'adjtimex clock_adjtime clock_adjtime64'),
  group('sleep', 'glibc 2.31 sleeps by clock_nanosleep', 'nanosleep clock_nanosleep clock_nanosleep_time64'),
  group('futex', 'time64', 'futex futex_time64'),
  group('timer-settime', 'time64', 'timer_settime timer_settime64'),
  group('timer-gettime', 'time64', 'timer_gettime timer_gettime64'),
  group('timerfd-settime', 'time64', 'timerfd_settime timerfd_settime64'),
  group('timerfd-gettime', 'time64', 'timerfd_gettime timerfd_gettime64'),
  group('rr-interval', 'time64', 'sched_rr_get_interval sched_rr_get_interval_time64'),
  group('sigtimedwait', 'time64', 'rt_sigtimedwait rt_sigtimedwait_time64'),
  group('semop', 'time64; semop is semtimedop without a time', 'semop semtimedop semtimedop_time64'),
  group('mq-send', 'time64', 'mq_timedsend mq_timedsend_time64'),
  group('mq-receive', 'time64', 'mq_timedreceive mq_timedreceive_time64'),
  group('io-getevents', 'time64', 'io_getevents io_pgetevents io_pgetevents_time64'),
  group('alarm', 'new ABIs have only setitimer', 'alarm setitimer'),
  oneWay('pause', 'new ABIs wait by ppoll', 'pause', 'ppoll ppoll_time64'),
  group('process-group', 'new ABIs have only getpgid', 'getpgrp getpgid'),
  group('rlimit', 'prlimit64 does both', 'getrlimit ugetrlimit setrlimit prlimit64'),
  group('wait', 'waitid stands in for wait4 on 32 bits after 2038', 'waitpid wait4 waitid'),
  group('map', '32 bits count in pages', 'mmap mmap2'),
  group('seek', '32 bits have a wide form', 'lseek _llseek'),
  group('fcntl', '32 bits have a wide form', 'fcntl fcntl64'),
  group('truncate', '32 bits have a wide form', 'truncate truncate64'),
  group('ftruncate', '32 bits have a wide form', 'ftruncate ftruncate64'),
  group('sendfile', '32 bits have a wide form', 'sendfile sendfile64'),
  group('fadvise', 'the same call under the names of the ABIs', 'fadvise64 fadvise64_64 arm_fadvise64_64'),
  group(
    'sync-range',
    'the same call under the names of the ABIs',
    'sync_file_range sync_file_range2 arm_sync_file_range',
  ),
  group('sigaction', 'the form before real-time signals', 'sigaction rt_sigaction signal'),
  group('sigprocmask', 'the form before real-time signals', 'sigprocmask rt_sigprocmask'),
  group('sigsuspend', 'the form before real-time signals', 'sigsuspend rt_sigsuspend'),
  group('sigpending', 'the form before real-time signals', 'sigpending rt_sigpending'),
  group('sigreturn', 'the form before real-time signals', 'sigreturn rt_sigreturn'),
  group('kill-thread', 'musl takes tkill, glibc tgkill', 'tkill tgkill'),
  group('umount', 'new ABIs have only umount2', 'umount umount2'),
  ...IDS.map((name) => group(name, '32 bits have a form for wide ids', `${name} ${name}32`)),
];

function group(id: string, why: string, names: string): ClosureRule {
  return oneWay(id, why === 'time64' ? '32 bits have a form with 64 bits of time' : why, names, names);
}

function oneWay(id: string, why: string, when: string, adds: string): ClosureRule {
  return { set: 'portable', id: `portable/${id}`, why, when: when.split(' '), adds: adds.split(' ') };
}
