/**
 * What AppArmor mediated, as its record says it (security/apparmor/audit.c and the audit_cb of each class): names are printable
 * text (name.ts), masks are in one order, so that the same access is the same value. What tells nothing of the rule that would
 * allow it (pids, ephemeral ports, mount data) is left out.
 */
export type Access =
  | FileAccess
  | ExecAccess
  | CapabilityAccess
  | NetworkAccess
  | UnixAccess
  | SignalAccess
  | PtraceAccess
  | MountAccess
  | UmountAccess
  | PivotAccess
  | DbusAccess
  | NamedAccess
  | MqueueAccess
  | ChangeAccess
  | RlimitAccess
  | UnknownAccess;

/** What was asked for, and what of it no rule allowed ('' where all was: an AUDIT record). Words in alphabetical order. */
export interface Masked {
  readonly requested: string;
  readonly denied: string;
}

/** `owner`: the file's owner asked (fsuid equals ouid). */
export type Owner = 'owner' | 'other';

/** Letters in the order `rwacdlkm`. */
export interface FileAccess extends Masked {
  readonly kind: 'file';
  readonly path: string;
  readonly owner: Owner;
  /** Of a link: what it links to. */
  readonly target?: string | undefined;
  /** The kernel found no way from the root to the file: `path` lacks what stands before it. */
  readonly disconnected?: true | undefined;
}

export interface ExecAccess {
  readonly kind: 'exec';
  readonly path: string;
  readonly owner: Owner;
  /** The profile that it went on under: in complain mode a learning one (`P//null-…`). */
  readonly target?: string | undefined;
  readonly disconnected?: true | undefined;
}

export interface CapabilityAccess {
  readonly kind: 'capability';
  readonly name: string;
}

export interface NetworkAccess extends Masked {
  readonly kind: 'network';
  readonly family: string;
  readonly type: string;
  readonly protocol?: number | undefined;
  /** Where it listens. */
  readonly local?: Endpoint | undefined;
  /** Where it connects or sends to. */
  readonly remote?: Endpoint | undefined;
}

export interface Endpoint {
  readonly addr?: string | undefined;
  readonly port?: number | undefined;
}

/** Where the kernel mediates sockets of the local family by address (`none` is no address). */
export interface UnixAccess extends Masked {
  readonly kind: 'unix';
  readonly type: string;
  readonly addr?: string | undefined;
  readonly peerAddr?: string | undefined;
  readonly peer?: string | undefined;
}

export interface SignalAccess extends Masked {
  readonly kind: 'signal';
  readonly signal: string;
  readonly peer: string;
}

export interface PtraceAccess extends Masked {
  readonly kind: 'ptrace';
  readonly peer: string;
}

export interface MountAccess {
  readonly kind: 'mount';
  readonly target: string;
  readonly source?: string | undefined;
  readonly fstype?: string | undefined;
  readonly flags: readonly string[];
}

export interface UmountAccess {
  readonly kind: 'umount';
  readonly target: string;
}

export interface PivotAccess {
  readonly kind: 'pivot_root';
  readonly newRoot: string;
  readonly oldRoot?: string | undefined;
}

/** dbus-daemon's own words (dbus/apparmor.c). */
export interface DbusAccess {
  readonly kind: 'dbus';
  readonly mask: string;
  readonly bus: string;
  readonly path?: string | undefined;
  readonly interface?: string | undefined;
  readonly member?: string | undefined;
  /** A well-known name; unique ones (`:1.5`) are other ones next time. */
  readonly name?: string | undefined;
  readonly peer?: string | undefined;
}

/** userns_create, io_uring. */
export interface NamedAccess extends Masked {
  readonly kind: 'userns' | 'io_uring';
  /** Of override_creds: whose. */
  readonly label?: string | undefined;
}

export interface MqueueAccess extends Masked {
  readonly kind: 'mqueue';
  readonly type: 'posix' | 'sysv';
  readonly name: string;
}

export interface ChangeAccess {
  readonly kind: 'change_profile' | 'change_hat' | 'stack';
  readonly target: string;
}

export interface RlimitAccess {
  readonly kind: 'rlimit';
  readonly name: string;
  readonly value: string;
}

/** An operation that has no rule here: told, never guessed at. */
export interface UnknownAccess {
  readonly kind: 'unknown';
  readonly operation: string;
}
