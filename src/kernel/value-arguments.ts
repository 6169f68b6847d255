import { abiOf, syscallName } from './abi.ts';
import { ABIS } from './tables.gen.ts';

/** An argument that is a value (a number, flags, a command) and no pointer, length or descriptor. */
export interface ValueArgument {
  /** 0 to 3: a SYSCALL record holds no more (kernel/auditsc.c). */
  readonly index: number;
  /** What the manual page calls it. */
  readonly name: string;
}

/** The value arguments of a call, as its `arch=` and `syscall=` tell it; none for what is in no table. */
export function valueArguments(archToken: number, nr: number): readonly ValueArgument[] {
  const calls = tables.get(archToken);
  if (!calls) return NONE;
  let found = calls.get(nr);
  if (!found) {
    found = lookUp(archToken, nr);
    // A hostile log may name any number.
    if (calls.size < CALLS_MAX) calls.set(nr, found);
  }
  return found;
}

const CALLS_MAX = 4096;
const tables: ReadonlyMap<number, Map<number, readonly ValueArgument[]>> = new Map(
  ABIS.map(({ token }) => [token, new Map()]),
);
const NONE: readonly ValueArgument[] = [];

/** ABIs whose mmap takes one pointer to all of its arguments (sys_old_mmap). */
const OLD_MMAP: ReadonlySet<string> = new Set(['i386', 's390', 's390x', 'm68k']);
/** clone(newsp, flags, …): CONFIG_CLONE_BACKWARDS2 (arch/Kconfig). */
const CLONE_BACKWARDS2: ReadonlySet<string> = new Set(['s390', 's390x']);

function lookUp(archToken: number, nr: number): readonly ValueArgument[] {
  const abi = abiOf(archToken, nr)?.abi;
  const name = syscallName(archToken, nr);
  if (abi === undefined || name === undefined) return NONE;
  if (name === 'mmap' && OLD_MMAP.has(abi)) return NONE;
  if (name === 'clone' && CLONE_BACKWARDS2.has(abi)) return [{ index: 1, name: 'flags' }];
  return VALUES.get(name) ?? NONE;
}

/** `NAME INDEX:ARGUMENT …` (man pages, section 2). */
const TABLE = `
accept4 3:flags
access 1:mode
arch_prctl 0:code
bpf 0:cmd
chmod 1:mode
clock_getres 0:clockid
clock_gettime 0:clockid
clock_nanosleep 0:clockid 1:flags
clock_settime 0:clockid
clone 0:flags
close_range 2:flags
creat 1:mode
delete_module 1:flags
dup3 2:flags
epoll_create1 0:flags
epoll_ctl 1:op
eventfd2 1:flags
faccessat 2:mode
faccessat2 2:mode 3:flags
fallocate 1:mode
fanotify_init 0:flags 1:event_f_flags
fanotify_mark 1:flags
fchmod 1:mode
fchmodat 2:mode
fcntl 1:cmd
fcntl64 1:cmd
finit_module 2:flags
flock 1:op
fsconfig 1:cmd
fsmount 1:flags 2:attr_flags
fsopen 1:flags
fspick 2:flags
fstatat64 3:flags
futex 1:op
futex_time64 1:op
getitimer 0:which
getpriority 0:which
getrandom 2:flags
getrlimit 0:resource
getrusage 0:who
getsockopt 1:level 2:optname
inotify_init1 0:flags
io_uring_enter 3:flags
io_uring_register 1:opcode
ioctl 1:op
ioprio_get 0:which
ioprio_set 0:which
ipc 0:call
kcmp 2:type
kexec_load 3:flags
keyctl 0:operation
kill 1:sig
landlock_create_ruleset 2:flags
landlock_restrict_self 1:flags
lseek 2:whence
madvise 2:advice
membarrier 0:cmd 1:flags
memfd_create 1:flags
memfd_secret 0:flags
mkdir 1:mode
mkdirat 2:mode
mknod 1:mode
mknodat 2:mode
mlock2 2:flags
mlockall 0:flags
mmap 2:prot 3:flags
mmap2 2:prot 3:flags
mount 3:flags
mount_setattr 2:flags
mprotect 2:prot
mq_open 1:oflag
mremap 3:flags
msgctl 1:op
msgget 1:msgflg
msync 2:flags
newfstatat 3:flags
open 1:flags
open_by_handle_at 2:flags
open_tree 2:flags
openat 2:flags
personality 0:persona
pidfd_getfd 2:flags
pidfd_open 1:flags
pidfd_send_signal 1:sig 3:flags
pipe2 1:flags
pkey_mprotect 2:prot
prctl 0:op
prlimit64 1:resource
process_madvise 3:advice
ptrace 0:op
quotactl 0:op
reboot 2:op
recvfrom 3:flags
recvmmsg 3:flags
recvmmsg_time64 3:flags
recvmsg 2:flags
rt_sigaction 0:signum
rt_sigprocmask 0:how
rt_sigqueueinfo 1:sig
rt_tgsigqueueinfo 2:sig
sched_setscheduler 1:policy
seccomp 0:operation 1:flags
semctl 2:op
semget 2:semflg
sendmmsg 3:flags
sendmsg 2:flags
sendto 3:flags
set_mempolicy 0:mode
setitimer 0:which
setns 1:nstype
setpriority 0:which
setrlimit 0:resource
setsockopt 1:level 2:optname
shmat 2:shmflg
shmctl 1:op
shmget 2:shmflg
shutdown 1:how
signalfd4 3:flags
socket 0:domain 1:type 2:protocol
socketcall 0:call
socketpair 0:domain 1:type 2:protocol
statx 2:flags 3:mask
swapon 1:swapflags
syslog 0:type
tee 3:flags
tgkill 2:sig
timer_create 0:clockid
timerfd_create 0:clockid 1:flags
timerfd_settime 1:flags
timerfd_settime64 1:flags
tkill 1:sig
ugetrlimit 0:resource
umask 0:mask
umount2 1:flags
unlinkat 2:flags
unshare 0:flags
userfaultfd 0:flags
vmsplice 3:flags
wait4 2:options
waitid 0:idtype 3:options
waitpid 2:options
`;

const VALUES: ReadonlyMap<string, readonly ValueArgument[]> = new Map(
  TABLE.trim()
    .split('\n')
    .map((line): [string, readonly ValueArgument[]] => {
      const [name = '', ...args] = line.split(' ');
      return [name, args.map(argumentOf)];
    }),
);

function argumentOf(word: string): ValueArgument {
  return { index: Number(word[0]), name: word.slice(2) };
}
