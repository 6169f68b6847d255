export interface Capability {
  readonly name: string;
  /** Its number (include/uapi/linux/capability.h). */
  readonly bit: number;
  /** What does not work without it. */
  readonly without: string;
}

/** The capabilities that observing and enforcing use. */
export const CAPABILITIES: readonly Capability[] = [
  { name: 'CAP_AUDIT_READ', bit: 37, without: 'observe cannot join the audit multicast group' },
  {
    name: 'CAP_AUDIT_CONTROL',
    bit: 30,
    without: 'a run has its own session only where loginuid is unset, and the audit state is not known',
  },
  {
    name: 'CAP_SYS_ADMIN',
    bit: 21,
    without: 'learning sets no_new_privs, sandboxify uses --exec-guard, filters cannot be read back',
  },
  { name: 'CAP_SYSLOG', bit: 34, without: '/dev/kmsg cannot stand in for the audit multicast group' },
  { name: 'CAP_SYS_PTRACE', bit: 19, without: "the filters of other users' programs cannot be read" },
];

export function hasCapability(set: bigint, capability: Capability): boolean {
  return ((set >> BigInt(capability.bit)) & 1n) === 1n;
}
