import { fileDanger } from './danger-file.ts';
import type { Danger, Rule } from './rule.ts';

/** By capabilities(7): what a program can make of one that it should not. */
const CAPABILITIES: Readonly<Record<string, Danger>> = {
  audit_control: danger(9, 'can switch the audit off'),
  audit_read: danger(5, 'reads the whole audit log'),
  audit_write: danger(5, 'can write records into the audit log'),
  block_suspend: danger(2, 'can keep the machine from suspending'),
  bpf: danger(9, 'loads programs into the kernel'),
  checkpoint_restore: danger(8, 'can take over the state of other processes'),
  chown: danger(8, 'can take any file'),
  dac_override: danger(8, 'no file mode stops it'),
  dac_read_search: danger(8, 'reads every file'),
  fowner: danger(7, 'changes files of others'),
  fsetid: danger(5, 'keeps set-id bits on files that it changes'),
  ipc_lock: danger(2, 'locks memory'),
  ipc_owner: danger(6, 'reads and writes shared memory of others'),
  kill: danger(6, 'can kill processes of others'),
  lease: danger(2, 'takes leases on files'),
  linux_immutable: danger(5, 'removes the immutable flag'),
  mac_admin: danger(10, 'can change the policy that confines it'),
  mac_override: danger(10, 'no policy stops it'),
  mknod: danger(8, 'makes devices, raw disks among them'),
  net_admin: danger(8, 'changes firewall, addresses and routes'),
  net_bind_service: danger(3, 'listens on ports below 1024'),
  net_broadcast: danger(2, 'sends broadcasts'),
  net_raw: danger(7, 'forges and sniffs packets'),
  perfmon: danger(7, 'watches the kernel and all processes'),
  setfcap: danger(9, 'gives capabilities to files'),
  setgid: danger(8, 'can become any group'),
  setpcap: danger(8, 'passes capabilities on'),
  setuid: danger(8, 'can become any user'),
  sys_admin: danger(10, 'as good as root'),
  sys_boot: danger(8, 'can restart the machine or load another kernel'),
  sys_chroot: danger(5, 'changes its root'),
  sys_module: danger(10, 'loads code into the kernel'),
  sys_nice: danger(3, 'changes priorities'),
  sys_pacct: danger(4, 'switches process accounting'),
  sys_ptrace: danger(9, 'reads and changes other processes'),
  sys_rawio: danger(10, 'writes to ports and memory'),
  sys_resource: danger(5, 'no limit stops it'),
  sys_time: danger(6, 'sets the clock'),
  sys_tty_config: danger(5, 'controls terminals of others'),
  syslog: danger(5, "reads the kernel's log and addresses"),
  wake_alarm: danger(2, 'wakes the machine'),
};
const FAMILIES: Readonly<Record<string, Danger>> = {
  inet: danger(3, 'speaks to the network'),
  inet6: danger(3, 'speaks to the network'),
  netlink: danger(4, 'speaks to the kernel'),
  packet: danger(7, 'forges and sniffs packets'),
  unix: danger(2, 'speaks to local services'),
};

/** How much harm a rule can do in the hands of whoever takes the program over, and why; see the table in README. */
export function dangerOf(rule: Rule): Danger {
  switch (rule.kind) {
    case 'file':
    case 'link':
    case 'exec':
      return fileDanger(rule);
    case 'capability':
      return CAPABILITIES[rule.name] ?? danger(8, 'a capability that this table does not know');
    case 'network':
      if (rule.type === 'raw' && rule.family !== 'netlink') return danger(7, 'raw network: forges and sniffs packets');
      return FAMILIES[rule.family] ?? danger(5, 'a network family that few programs need');
    case 'unix':
      return danger(2, 'speaks to local services');
    case 'signal':
      return signalDanger(rule);
    case 'ptrace':
      return ptraceDanger(rule);
    case 'mount':
      return danger(9, 'changes what stands where in the file system');
    case 'umount':
      return danger(7, 'takes away what stands over other files');
    case 'pivot_root':
      return danger(9, 'changes its root');
    case 'dbus':
      return dbusDanger(rule);
    case 'userns':
      return danger(7, 'user namespaces open kernel code that only root reaches otherwise');
    case 'io_uring':
      return rule.mask.includes('override_creds')
        ? danger(8, "acts by another's rights")
        : danger(5, 'io_uring is a way around checks on system calls');
    case 'mqueue':
      return danger(2, 'speaks to local programs');
    case 'change_profile':
      return /^unconfined$/.test(rule.target)
        ? danger(10, 'can leave its profile for none')
        : danger(6, 'can go on under another profile');
    case 'rlimit':
      return danger(1, 'a limit');
    case 'include':
      return danger(0, 'rated by what it replaces');
  }
}

function signalDanger({ mask, peer }: Rule & { readonly kind: 'signal' }): Danger {
  if (!mask.includes('send')) return danger(1, 'is told by signals');
  return peer === 'unconfined' ? danger(5, 'can stop programs that nothing confines') : danger(3, 'can stop programs');
}

function ptraceDanger({ mask }: Rule & { readonly kind: 'ptrace' }): Danger {
  if (mask.includes('trace')) return danger(9, 'changes other processes: what they may do, it may do');
  return mask.includes('read') ? danger(6, 'reads memory of other processes') : danger(4, 'others may look into it');
}

function dbusDanger({ mask, bus, interface: face, name }: Rule & { readonly kind: 'dbus' }): Danger {
  if (mask.includes('eavesdrop')) return danger(8, 'hears all that others say on the bus');
  if (!mask.includes('send')) return danger(2, 'is spoken to on the bus');
  if (/systemd1|PolicyKit1|login1/.test(`${face ?? ''} ${name ?? ''}`))
    return danger(8, 'asks services that run things as root');
  return bus === 'system' ? danger(4, 'asks services that run as root') : danger(3, "asks the user's services");
}

function danger(score: number, reason: string): Danger {
  return { score, reason };
}
