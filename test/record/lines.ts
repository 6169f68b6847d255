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
