/** Well-formed record text, field by field, as audit_seccomp prints it. */
export interface Body {
  readonly auid: string;
  readonly uid: string;
  readonly gid: string;
  readonly ses: string;
  /** With its leading space: ` subj=…`, or empty. */
  readonly subj: string;
  readonly pid: string;
  readonly comm: string;
  readonly exe: string;
  readonly sig: string;
  readonly arch: string;
  readonly syscall: string;
  readonly compat: string;
  readonly ip: string;
  readonly code: string;
}

export const BODY: Body = {
  auid: '1000',
  uid: '33',
  gid: '34',
  ses: '7',
  subj: '',
  pid: '4242',
  comm: '"hello"',
  exe: '"/usr/bin/hello"',
  sig: '0',
  arch: 'c000003e',
  syscall: '262',
  compat: '0',
  ip: '7f621412b86a',
  code: '7ffc0000',
};

export const STAMP = 'audit(1795310814.627:1783517): ';

export function body(change: Partial<Body> = {}): string {
  const f = { ...BODY, ...change };
  return (
    `auid=${f.auid} uid=${f.uid} gid=${f.gid} ses=${f.ses}${f.subj} pid=${f.pid} comm=${f.comm} exe=${f.exe} ` +
    `sig=${f.sig} arch=${f.arch} syscall=${f.syscall} compat=${f.compat} ip=0x${f.ip} code=0x${f.code}`
  );
}

/** A line of audit.log. */
export function auditLine(change: Partial<Body> = {}): string {
  return `type=SECCOMP msg=${STAMP}${body(change)}`;
}

/** What printk gets. */
export function printkText(change: Partial<Body> = {}): string {
  return `audit: type=1326 ${STAMP}${body(change)}`;
}

/** A name as audit_log_untrustedstring prints it. */
export function auditString(name: Buffer): string {
  const plain = name.every((byte) => byte >= 0x21 && byte <= 0x7e && byte !== 0x22);
  return plain ? `"${name.toString('latin1')}"` : name.toString('hex').toUpperCase();
}

/** Well-formed text of a SYSCALL record, as audit_log_exit prints it. */
export const SYSCALL_BODY = {
  arch: 'c000003e',
  syscall: '257',
  /** With the space after it, or empty: ` per=`, `success= exit=`. */
  per: '',
  result: 'success=yes exit=3 ',
  a0: 'ffffff9c',
  a1: '7ffca2ea4d5c',
  a2: '80000',
  a3: '0',
  pid: '4242',
  tty: '(none)',
  ses: '7',
  comm: '"hello"',
  exe: '"/usr/bin/hello"',
  /** With its leading space, or empty. */
  subj: '',
  key: '"learn"',
} as const;

export type SyscallBody = { readonly [Key in keyof typeof SYSCALL_BODY]: string };

export function syscallBody(change: Partial<SyscallBody> = {}): string {
  const f = { ...SYSCALL_BODY, ...change };
  return (
    `arch=${f.arch} syscall=${f.syscall} ${f.per}${f.result}a0=${f.a0} a1=${f.a1} a2=${f.a2} a3=${f.a3} items=1 ppid=1 ` +
    `pid=${f.pid} auid=1000 uid=33 gid=34 euid=33 suid=33 fsuid=33 egid=34 sgid=34 fsgid=34 tty=${f.tty} ses=${f.ses} ` +
    `comm=${f.comm} exe=${f.exe}${f.subj} key=${f.key}`
  );
}
