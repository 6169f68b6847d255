/** Why a call is dangerous in the hands of whoever takes the program over; undefined for one that is not among these. */
export function dangerOf(name: string): string | undefined {
  return DANGERS.find(({ calls }) => calls.includes(name))?.why;
}

interface Danger {
  readonly calls: readonly string[];
  readonly why: string;
}

const DANGERS: readonly Danger[] = [
  danger('ptrace process_vm_readv process_vm_writev pidfd_getfd', 'reads or changes other processes'),
  danger('bpf perf_event_open', 'loads code into the kernel or watches it; a large surface'),
  danger('init_module finit_module delete_module kexec_load kexec_file_load', 'changes the kernel itself'),
  danger(
    'mount umount umount2 move_mount open_tree fsopen fsconfig fsmount fspick mount_setattr pivot_root chroot',
    'changes what the file system is',
  ),
  danger('unshare setns', 'makes or enters namespaces, and with a user namespace reaches much of the kernel'),
  danger('userfaultfd', 'holds the kernel still in a page fault, which exploits use to win races'),
  danger('io_uring_setup io_uring_enter io_uring_register', 'makes calls that no system-call filter sees'),
  danger('keyctl add_key request_key', 'reaches the kernel key rings; a record of escapes'),
  danger('execve execveat', 'runs other programs'),
  danger('open_by_handle_at name_to_handle_at', 'opens files past the path and its permissions'),
  danger('setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid setfsgid capset', 'changes who it is'),
  danger(
    'reboot swapon swapoff settimeofday clock_settime adjtimex clock_adjtime sethostname setdomainname',
    'changes the machine',
  ),
  danger('iopl ioperm', 'talks to the hardware'),
  danger('personality', 'can turn address randomisation off'),
  danger('mknod mknodat', 'makes device files'),
  danger('syslog', 'reads the kernel log, which tells addresses'),
];

function danger(calls: string, why: string): Danger {
  return { calls: calls.split(' '), why };
}
