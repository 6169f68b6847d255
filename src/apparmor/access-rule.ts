import type {
  Access,
  CapabilityAccess,
  DbusAccess,
  MountAccess,
  MqueueAccess,
  NetworkAccess,
  PivotAccess,
  PtraceAccess,
  RlimitAccess,
  SignalAccess,
  UnixAccess,
} from '../record/access.ts';
import { literal, type Pattern } from './pattern.ts';
import type { Place, Rule } from './rule.ts';
import { CAPABILITIES, FAMILIES, isSignal, MASKS, MOUNT_FLAGS, RLIMITS, SOCKET_TYPES } from './words.ts';

export interface Reading {
  /** The part of an access that a rule is for: what was asked for, or what of it was lacking. */
  readonly mask: (access: { readonly requested: string; readonly denied: string }) => string;
  /** Network rules tell addresses and ports. */
  readonly addresses: boolean;
  /** The profile that a label stands for. */
  readonly label: (label: string) => string;
}

/** A rule that cannot be written: its words are not AppArmor's. */
export interface Unwritable {
  readonly unwritable: string;
}

/** No resource may be set beyond these (setrlimit(2): RLIM_INFINITY). */
const INFINITY = '18446744073709551615';
/** RLIMIT_NICE counts from 20 downwards (getrlimit(2)). */
const NICE_BASE = 20;

type Other = Exclude<Access, { readonly kind: 'file' | 'exec' }>;

/** The rule that allows an access other than a file's; undefined where none is needed. */
export function ruleFor(access: Other, reading: Reading): Rule | Unwritable | undefined {
  switch (access.kind) {
    case 'capability':
      return capability(access);
    case 'network':
      return network(access, reading);
    case 'unix':
      return unix(access, reading);
    case 'signal':
      return signal(access, reading);
    case 'ptrace':
      return ptrace(access, reading);
    case 'mount':
      return mount(access);
    case 'umount':
      return { kind: 'umount', target: literal(access.target) };
    case 'pivot_root':
      return pivotRoot(access);
    case 'dbus':
      return dbus(access, reading);
    case 'userns':
      return { kind: 'userns' };
    case 'io_uring':
      return known('io_uring', access, reading, (mask) => ({
        kind: 'io_uring',
        mask,
        label: name(access.label, reading),
      }));
    case 'mqueue':
      return mqueue(access, reading);
    case 'change_profile':
      return { kind: 'change_profile', target: literal(access.target) };
    case 'stack':
      return { kind: 'change_profile', target: `&${literal(access.target.replace(/^.*&/, ''))}` };
    case 'change_hat':
      return undefined;
    case 'rlimit':
      return rlimit(access);
    case 'unknown':
      return { unwritable: `operation ${access.operation}` };
  }
}

function capability({ name: capname }: CapabilityAccess): Rule | Unwritable {
  return CAPABILITIES.has(capname) ? { kind: 'capability', name: capname } : { unwritable: `capability ${capname}` };
}

function network({ family, type, local, remote, ...masks }: NetworkAccess, reading: Reading): Rule | Unwritable {
  if (!FAMILIES.has(family)) return { unwritable: `network family ${family}` };
  if (!SOCKET_TYPES.has(type)) return { unwritable: `socket type ${type}` };
  const plain: Rule = { kind: 'network', family, type, mask: [], local: undefined, remote: undefined };
  const places = { local: placeOf(local), remote: placeOf(remote) };
  if (!reading.addresses || (!places.local && !places.remote && masks.requested === '')) return plain;
  const { mask } = reading;
  return known('network', masks, { ...reading, mask }, (words) => ({ ...plain, mask: words, ...places }));
}

function placeOf(
  place: { readonly addr?: string | undefined; readonly port?: number | undefined } | undefined,
): Place | undefined {
  if (!place) return undefined;
  const addr = place.addr !== undefined && /^[0-9a-f:.]+$/.test(place.addr) ? place.addr : undefined;
  return addr === undefined && place.port === undefined ? undefined : { addr, port: place.port };
}

function unix(access: UnixAccess, reading: Reading): Rule | Unwritable {
  const { type, addr, peerAddr, peer } = access;
  if (!SOCKET_TYPES.has(type)) return { unwritable: `socket type ${type}` };
  return known('unix', access, reading, (mask) => ({
    kind: 'unix',
    mask,
    type,
    addr: patternOf(addr),
    peerAddr: patternOf(peerAddr),
    peer: name(peer, reading),
  }));
}

function signal(access: SignalAccess, reading: Reading): Rule | Unwritable {
  if (!isSignal(access.signal)) return { unwritable: `signal ${access.signal}` };
  return known('signal', access, reading, (mask) => ({
    kind: 'signal',
    mask,
    signals: [access.signal],
    peer: literal(reading.label(access.peer)),
  }));
}

function ptrace(access: PtraceAccess, reading: Reading): Rule | Unwritable {
  return known('ptrace', access, reading, (mask) => ({
    kind: 'ptrace',
    mask,
    peer: literal(reading.label(access.peer)),
  }));
}

function mount({ target, source, fstype, flags }: MountAccess): Rule | Unwritable {
  const unknown = flags.find((flag) => !MOUNT_FLAGS.has(flag));
  if (unknown !== undefined) return { unwritable: `mount flag ${unknown}` };
  return { kind: 'mount', flags, fstype: patternOf(fstype), source: patternOf(source), target: literal(target) };
}

function pivotRoot({ newRoot, oldRoot }: PivotAccess): Rule {
  return {
    kind: 'pivot_root',
    newRoot: literal(newRoot),
    oldRoot: patternOf(oldRoot),
  };
}

function dbus({ mask, bus, ...access }: DbusAccess, reading: Reading): Rule | Unwritable {
  if (!MASKS.dbus.has(mask)) return { unwritable: `dbus access ${mask}` };
  if (!/^[a-z]+$/.test(bus)) return { unwritable: `bus ${bus}` };
  const all = {
    path: patternOf(access.path),
    interface: patternOf(access.interface),
    member: patternOf(access.member),
    name: patternOf(access.name),
    peer: name(access.peer, reading),
  };
  const none = { path: undefined, interface: undefined, member: undefined, name: undefined, peer: undefined };
  // What is not said in apparmor.d(5) of a mask is no part of its rule.
  const said = mask === 'bind' ? { ...none, name: all.name } : mask === 'eavesdrop' ? none : all;
  return { kind: 'dbus', mask: [mask], bus, ...said };
}

function mqueue(access: MqueueAccess, reading: Reading): Rule | Unwritable {
  const { type, name: queue } = access;
  if (type === 'sysv' && !/^\d+$/.test(queue)) return { unwritable: `message queue ${queue}` };
  return known('mqueue', access, reading, (mask) => ({ kind: 'mqueue', mask, type, name: literal(queue) }));
}

function rlimit({ name: resource, value }: RlimitAccess): Rule | Unwritable {
  if (!RLIMITS.has(resource)) return { unwritable: `rlimit ${resource}` };
  if (value === INFINITY) return { kind: 'rlimit', name: resource, value: 'infinity' };
  return { kind: 'rlimit', name: resource, value: resource === 'nice' ? `${NICE_BASE - Number(value)}` : value };
}

/** A rule with the words of a mask, where the parser knows all of them and there is one. */
function known(
  kind: keyof typeof MASKS,
  access: { readonly requested: string; readonly denied: string },
  reading: Reading,
  make: (mask: readonly string[]) => Rule,
): Rule | Unwritable {
  const words = reading
    .mask(access)
    .split(' ')
    .filter((word) => word !== '');
  const unknown = words.find((word) => !MASKS[kind].has(word));
  if (unknown !== undefined || words.length === 0)
    return { unwritable: `${kind} access ${unknown ?? 'without a mask'}` };
  return make(words);
}

function patternOf(word: string | undefined): Pattern | undefined {
  return word === undefined ? undefined : literal(word);
}

function name(label: string | undefined, reading: Reading): Pattern | undefined {
  return label === undefined ? undefined : literal(reading.label(label));
}
