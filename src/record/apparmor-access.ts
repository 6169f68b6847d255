import type { Access, Endpoint, Owner } from './access.ts';
import type { AppArmorFields, Fault } from './apparmor-fields.ts';

type Read = (fields: AppArmorFields, operation: string) => Access | Fault;

const FILE_LETTERS = ['r', 'w', 'a', 'c', 'd', 'l', 'k', 'm', 'x'];
/** Masks of kernels before 2.6.36: `OWNER::OTHER`, where both sides may hold letters. */
const OLD_MASK = /^([a-z]*)::([a-z]*)$/;
const DISCONNECTED = /disconnected path/;
const NUMBER = /^(?:0|[1-9]\d{0,9})$/;

/** By the operation's name (security/apparmor/include/audit.h). */
const BY_OPERATION: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['capable', capability],
  ['exec', exec],
  ['signal', signal],
  ['ptrace', ptrace],
  ['mount', mount],
  ['umount', umount],
  ['pivotroot', pivotRoot],
  ['change_profile', change('change_profile')],
  ['change_onexec', change('change_profile')],
  ['change_hat', change('change_hat')],
  ['stack', change('stack')],
  ['stack_onexec', change('stack')],
  ['setrlimit', rlimit],
  ['userns_create', named('userns')],
  ['uring_sqpoll', named('io_uring')],
  ['uring_override', named('io_uring')],
]);
/** Newer kernels name the class too (security/apparmor/include/apparmor.h). */
const BY_CLASS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['posix_mqueue', mqueue('posix')],
  ['sysv_mqueue', mqueue('sysv')],
  ['namespace', named('userns')],
  ['io_uring', named('io_uring')],
]);

const FILE_OPERATIONS: ReadonlySet<string> = new Set(
  'unlink mkdir rmdir mknod truncate link symlink rename_src rename_dest chmod chown getattr open file_receive file_perm file_lock file_mmap file_mprotect file_inherit'.split(
    ' ',
  ),
);
const SOCKET_OPERATIONS: ReadonlySet<string> = new Set(
  'create post_create bind connect listen accept sendmsg recvmsg getsockname getpeername getsockopt setsockopt socket_shutdown'.split(
    ' ',
  ),
);

/** What was mediated, or what the record lacks. An operation that nothing is known of is an access of kind `unknown`. */
export function readAccess(fields: AppArmorFields, operation: string): Access | Fault {
  if (operation.startsWith('dbus_')) return dbus(fields, operation);
  const known = BY_OPERATION.get(operation) ?? BY_CLASS.get(fields.get('class') ?? '');
  if (known) return known(fields, operation);
  if (fields.has('family') || SOCKET_OPERATIONS.has(operation)) return socket(fields, operation);
  if (FILE_OPERATIONS.has(operation) || (fields.has('name') && maskOf(fields, 'requested') !== undefined))
    return file(fields, operation);
  return { kind: 'unknown', operation };
}

function file(fields: AppArmorFields, operation: string): Access | Fault {
  const path = pathOf(fields);
  if (typeof path === 'object') return path;
  const requested = maskOf(fields, 'requested');
  if (requested === undefined) return missing('requested_mask');
  const denied = maskOf(fields, 'denied') ?? '';
  // Kernels before 2.6.36 tell an execution in words of their own.
  if (/x/.test(requested) && operation.includes('exec')) return exec(fields);
  const owner = ownerOf(fields, requested);
  if (isFault(owner)) return owner;
  const masks = { requested: letters(requested), denied: letters(denied) };
  if (masks.requested === undefined || masks.denied === undefined)
    return { fault: 'bad-number', field: 'requested_mask' };
  const target = masks.requested.includes('l') ? (fields.get('target') ?? fields.get('name2')) : undefined;
  const { requested: all, denied: lacking } = masks;
  return { kind: 'file', path, owner, target, disconnected: disconnected(fields), requested: all, denied: lacking };
}

function exec(fields: AppArmorFields): Access | Fault {
  const path = pathOf(fields);
  if (typeof path === 'object') return path;
  const owner = ownerOf(fields, maskOf(fields, 'requested') ?? '');
  if (isFault(owner)) return owner;
  return { kind: 'exec', path, owner, target: fields.get('target'), disconnected: disconnected(fields) };
}

function capability(fields: AppArmorFields): Access | Fault {
  const name = fields.get('capname') ?? fields.get('name');
  if (name === undefined) return missing('capname');
  return /^[a-z_]{1,32}$/.test(name) ? { kind: 'capability', name } : { fault: 'bad-name', field: 'capname' };
}

function socket(fields: AppArmorFields, operation: string): Access | Fault {
  const [family, type] = [fields.get('family'), fields.get('sock_type')];
  if (family === undefined) return missing('family');
  if (type === undefined) return missing('sock_type');
  const masks = words(fields);
  if (family === 'unix' && ['addr', 'peer_addr', 'peer'].some((key) => fields.has(key))) {
    const [addr, peerAddr, peer] = [fields.get('addr'), fields.get('peer_addr'), fields.get('peer')];
    return { kind: 'unix', type, addr, peerAddr, peer, ...masks };
  }
  const protocol = number(fields.get('protocol'));
  const listens = operation === 'bind' || operation === 'listen' || operation === 'accept';
  const sends = operation === 'connect' || operation === 'sendmsg';
  const local = listens ? endpoint(fields.get('laddr'), fields.get('lport')) : undefined;
  const remote = sends ? endpoint(fields.get('faddr'), fields.get('fport')) : undefined;
  return { kind: 'network', family, type, protocol, local, remote, ...masks };
}

function signal(fields: AppArmorFields): Access | Fault {
  const [name, peer] = [fields.get('signal'), fields.get('peer')];
  if (name === undefined) return missing('signal');
  if (peer === undefined) return missing('peer');
  return { kind: 'signal', signal: name, peer, ...words(fields) };
}

function ptrace(fields: AppArmorFields): Access | Fault {
  const peer = fields.get('peer');
  return peer === undefined ? missing('peer') : { kind: 'ptrace', peer, ...words(fields) };
}

function mount(fields: AppArmorFields): Access | Fault {
  const [target, flags] = [fields.get('name'), fields.get('flags')];
  if (target === undefined) return missing('name');
  if (flags === undefined) return missing('flags');
  const list = flags.split(/,\s*/).filter((flag) => flag !== '');
  // `none` is a source like any other here.
  return { kind: 'mount', target, source: fields.get('srcname'), fstype: fields.get('fstype'), flags: list };
}

function umount(fields: AppArmorFields): Access | Fault {
  const target = fields.get('name');
  return target === undefined ? missing('name') : { kind: 'umount', target };
}

function pivotRoot(fields: AppArmorFields): Access | Fault {
  const newRoot = fields.get('name');
  return newRoot === undefined ? missing('name') : { kind: 'pivot_root', newRoot, oldRoot: fields.get('srcname') };
}

const DBUS_OWN: Readonly<Record<string, string>> = { dbus_bind: 'bind', dbus_eavesdrop: 'eavesdrop' };

function dbus(fields: AppArmorFields, operation: string): Access | Fault {
  const bus = fields.get('bus');
  const mask = fields.get('mask') ?? DBUS_OWN[operation];
  if (bus === undefined) return missing('bus');
  if (mask === undefined) return missing('mask');
  const name = fields.get('name');
  return {
    kind: 'dbus',
    mask,
    bus,
    path: fields.get('path'),
    interface: fields.get('interface'),
    member: fields.get('member'),
    name: name?.startsWith(':') ? undefined : name,
    peer: fields.get('peer_label') ?? fields.get('peer_profile'),
  };
}

function named(kind: 'userns' | 'io_uring'): Read {
  return (fields) => {
    const { requested, denied } = words(fields);
    const label = kind === 'io_uring' ? (fields.get('peer') ?? fields.get('label')) : undefined;
    return requested === '' ? missing('requested') : { kind, label, requested: bare(requested), denied: bare(denied) };
  };
}

function bare(mask: string): string {
  return mask.replace(/^userns_/, '');
}

function mqueue(type: 'posix' | 'sysv'): Read {
  return (fields) => {
    const name = fields.get('name');
    return name === undefined ? missing('name') : { kind: 'mqueue', type, name, ...words(fields) };
  };
}

function change(kind: 'change_profile' | 'change_hat' | 'stack'): Read {
  return (fields) => {
    const target = fields.get('target') ?? fields.get('name');
    return target === undefined ? missing('target') : { kind, target };
  };
}

function rlimit(fields: AppArmorFields): Access | Fault {
  const [name, value] = [fields.get('rlimit'), fields.get('value')];
  if (name === undefined || !/^[a-z]{1,16}$/.test(name)) return missing('rlimit');
  return value !== undefined && /^\d{1,20}$/.test(value) ? { kind: 'rlimit', name, value } : missing('value');
}

/** `requested_mask=` of most classes, `requested=` of the newest. */
function maskOf(fields: AppArmorFields, which: 'requested' | 'denied'): string | undefined {
  return fields.get(`${which}_mask`) ?? fields.get(which);
}

function letters(mask: string): string | undefined {
  const all = mask.replace('::', '');
  return /^[rwacdlkmx]*$/.test(all) ? FILE_LETTERS.filter((letter) => all.includes(letter)).join('') : undefined;
}

function words(fields: AppArmorFields): { readonly requested: string; readonly denied: string } {
  return { requested: sorted(maskOf(fields, 'requested')), denied: sorted(maskOf(fields, 'denied')) };
}

function sorted(mask = ''): string {
  const all = new Set(mask.split(/[ ,]+/).filter((word) => word !== ''));
  return [...all].sort().join(' ');
}

function ownerOf(fields: AppArmorFields, mask: string): Owner | Fault {
  const old = OLD_MASK.exec(mask);
  if (old) return old[2] === '' ? 'owner' : 'other';
  const [fsuid, ouid] = [fields.get('fsuid'), fields.get('ouid')];
  if (fsuid === undefined || ouid === undefined) return missing(fsuid === undefined ? 'fsuid' : 'ouid');
  if (number(fsuid) === undefined || number(ouid) === undefined) return { fault: 'bad-number', field: 'ouid' };
  return fsuid === ouid ? 'owner' : 'other';
}

function isFault(owner: Owner | Fault): owner is Fault {
  return typeof owner === 'object';
}

/** A path begins at the root, unless the kernel says that it found no way to it. */
function pathOf(fields: AppArmorFields): string | Fault {
  const path = fields.get('name');
  if (path === undefined) return missing('name');
  return path.startsWith('/') || disconnected(fields) ? path : { fault: 'bad-name', field: 'name' };
}

function disconnected(fields: AppArmorFields): true | undefined {
  return DISCONNECTED.test(fields.get('info') ?? '') || undefined;
}

function endpoint(addr: string | undefined, port: string | undefined): Endpoint | undefined {
  return addr === undefined && port === undefined ? undefined : { addr, port: number(port) };
}

function number(digits: string | undefined): number | undefined {
  return digits !== undefined && NUMBER.test(digits) ? Number(digits) : undefined;
}

function missing(field: string): Fault {
  return { fault: 'truncated', field };
}
