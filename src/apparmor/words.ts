/** Words that apparmor_parser knows (parser/parser_misc.c, network.cc, signal.cc, mount.cc); another one would not load. */
export const FAMILIES: ReadonlySet<string> = wordSet(
  'unix inet ax25 ipx appletalk netrom bridge atmpvc x25 inet6 rose netbeui security key netlink packet ash econet atmsvc rds sna irda pppox wanpipe llc ib mpls can tipc bluetooth iucv rxrpc isdn phonet ieee802154 caif alg nfc vsock kcm qipcrtr smc xdp mctp',
);
export const CAPABILITIES: ReadonlySet<string> = wordSet(
  'audit_control audit_read audit_write block_suspend bpf checkpoint_restore chown dac_override dac_read_search fowner fsetid ipc_lock ipc_owner kill lease linux_immutable mac_admin mac_override mknod net_admin net_bind_service net_broadcast net_raw perfmon setfcap setgid setpcap setuid sys_admin sys_boot sys_chroot sys_module sys_nice sys_pacct sys_ptrace sys_rawio sys_resource sys_time sys_tty_config syslog wake_alarm',
);
export const SOCKET_TYPES: ReadonlySet<string> = wordSet('stream dgram seqpacket rdm raw packet');
export const MOUNT_FLAGS: ReadonlySet<string> = wordSet(
  'ro rw nosuid suid nodev dev noexec exec sync async remount mand nomand dirsync atime noatime diratime nodiratime bind rbind move verbose silent loud acl noacl unbindable runbindable private rprivate slave rslave shared rshared relatime norelatime iversion noiversion strictatime user nouser',
);
export const RLIMITS: ReadonlySet<string> = wordSet(
  'fsize data stack core rss as memlock msgqueue nofile locks sigpending nproc rtprio cpu nice rttime',
);
export const SIGNALS: ReadonlySet<string> = wordSet(
  'hup int quit ill trap abrt bus fpe kill usr1 segv usr2 pipe alrm term stkflt chld cont stop stp ttin ttou urg xcpu xfsz vtalrm prof winch io pwr sys emt exists',
);
export const MASKS = {
  signal: wordSet('send receive'),
  ptrace: wordSet('read trace readby tracedby'),
  dbus: wordSet('send receive bind eavesdrop'),
  unix: wordSet('create bind listen accept connect shutdown getattr setattr getopt setopt send receive'),
  network: wordSet('create bind listen accept connect shutdown getattr setattr getopt setopt send receive'),
  mqueue: wordSet('create open delete read write getattr setattr'),
  io_uring: wordSet('sqpoll override_creds'),
} as const;

export function isSignal(word: string): boolean {
  return SIGNALS.has(word) || /^rtmin\+(?:[0-9]|[12][0-9]|3[0-2])$/.test(word);
}

function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.split(' '));
}
