import { SPACE, seek, seekBack, startsWith } from './ascii.ts';
import { ByteCache } from './byte-cache.ts';
import { type Call, type Caller, newCall } from './call.ts';
import { ENRICHED, kernelTextEnd } from './enriched.ts';
import type { Line, Reading } from './line.ts';
import type { NameReader } from './names.ts';
import type { Rejection, Stamp } from './record.ts';
import { reject } from './rejection.ts';
import { keyOf, type Place, TailFields } from './tail-fields.ts';

/** Linux counts to 64, on MIPS to 128. */
const HIGHEST_SIGNAL = 128;
const U32_MAX = 0xffff_ffff;
const I32_MAX = 0x7fff_ffff;
const I32_MIN = -0x8000_0000;
/** SECCOMP_RET_* (uapi/linux/seccomp.h). No one's hexadecimal text is another's beginning: a cut line cannot pass for whole. */
const ACTIONS: ReadonlySet<number> = new Set([
  0x8000_0000, 0, 0x3_0000, 0x5_0000, 0x7fc0_0000, 0x7ff0_0000, 0x7ffc_0000, 0x7fff_0000,
]);
const WHOLE = / sig=\d+ arch=[0-9a-f]+ syscall=-?\d+ compat=\d ip=0x[0-9a-f]+ code=0x[0-9a-f]+\W/;
const LABEL = Buffer.from(' subj=', 'latin1');
/** In a label: a torn record, and the next one on the same line. */
const STAMP = Buffer.from('audit(', 'latin1');
const SES = Buffer.from(' ses=', 'latin1');

const KEY = {
  auid: keyOf('auid'),
  uid: keyOf('uid'),
  gid: keyOf('gid'),
  ses: keyOf('ses'),
  pid: keyOf('pid'),
  comm: keyOf('comm'),
  exe: keyOf('exe'),
  sig: keyOf('sig'),
  arch: keyOf('arch'),
  syscall: keyOf('syscall'),
  compat: keyOf('compat'),
  ip: keyOf('ip', '0x'),
  code: keyOf('code', '0x'),
};

/** Processes that run side by side are far fewer. */
const CALLERS = 1024;

/**
 * Reads the body of a type=1326 record (kernel/auditsc.c audit_seccomp, since 3.16):
 * `auid= uid= gid= ses= [subj=] pid= comm= exe= sig=%ld arch=%x syscall=%ld compat=%d ip=0x%lx code=0x%x`.
 * Everything must be as the kernel prints it; else it is rejected, never guessed at.
 */
export class SeccompReader {
  private readonly fields = new TailFields();
  private readonly names: NameReader;
  /** A process makes call after call, so that what stands before ` syscall=` is mostly what was read a moment ago. */
  private readonly callers = new ByteCache<Caller>(CALLERS);
  private readonly exe: Place = { from: 0, to: 0 };
  private readonly comm: Place = { from: 0, to: 0 };
  /** What was read last; the next overwrites it. */
  readonly call: Call = newCall();
  /** Where its numbers stood. */
  nrFrom = 0;
  nrTo = 0;
  ipFrom = 0;
  ipTo = 0;
  private auid = 0;
  private uid = 0;
  private gid = 0;
  private ses = 0;
  private pid = 0;
  private sig = 0;
  private archToken = 0;

  constructor(names: NameReader) {
    this.names = names;
  }

  /** The call is this reader's own, until the next is read. */
  read(line: Line, from: number, stamp: Stamp): Reading {
    return this.readUpTo(line, from, line.end, stamp) ?? this.readKernelText(line, from, stamp);
  }

  /** The record that ends at `end`; undefined where its fields do not stand as they must. */
  private readUpTo(line: Line, from: number, end: number, { atMs, serial }: Stamp): Reading {
    const { bytes } = line;
    const { fields, call } = this;
    fields.reset(bytes, end);
    call.code = fields.hex(KEY.code);
    this.ipTo = fields.at;
    call.ipLow = fields.wideHex(KEY.ip);
    call.ipHigh = fields.high;
    this.ipFrom = fields.at + KEY.ip.text.length;
    call.compat = fields.decimal(KEY.compat, 0, 1);
    this.nrTo = fields.at;
    call.nr = fields.decimal(KEY.syscall, I32_MIN, I32_MAX);
    this.nrFrom = fields.at + KEY.syscall.text.length;
    if (fields.fault !== undefined) return undefined;
    const callerTo = fields.at;
    const known = this.callers.find(bytes, from, callerTo);
    if (known === undefined && !this.readCaller(bytes, from)) return undefined;
    if (!ACTIONS.has(call.code)) return reject('bad-number', 'code', bytes, line.from, line.end);
    const caller = known ?? this.named(line);
    if ('kind' in caller) return caller;
    if (known === undefined) this.callers.keep(bytes, from, callerTo, caller);
    call.caller = caller;
    this.setOrigin(line);
    call.atMs = atMs;
    call.serial = serial;
    return call;
  }

  private setOrigin({ trust, host, bootId }: Line): void {
    const { origin } = this.call;
    if (origin.trust === trust && origin.host === host && origin.bootId === bootId) return;
    this.call.origin = { trust, host, bootId };
  }

  /** Reads what stands before ` syscall=`, but for the names themselves. */
  private readCaller(bytes: Buffer, from: number): boolean {
    const { fields } = this;
    this.archToken = fields.hex(KEY.arch);
    this.sig = fields.decimal(KEY.sig, 0, HIGHEST_SIGNAL);
    fields.word(KEY.exe, this.exe);
    fields.word(KEY.comm, this.comm);
    this.pid = fields.decimal(KEY.pid, 0, I32_MAX);
    return fields.fault === undefined && this.readIds(bytes, from, fields.at);
  }

  private named({ bytes, from, end }: Line): Caller | Rejection {
    const comm = this.names.read(bytes, this.comm.from, this.comm.to);
    if (comm === undefined) return reject('bad-name', 'comm', bytes, from, end);
    const exe = this.names.read(bytes, this.exe.from, this.exe.to);
    if (exe === undefined) return reject('bad-name', 'exe', bytes, from, end);
    const { auid, uid, gid, ses, pid, sig, archToken } = this;
    return { auid, uid, gid, ses, pid, comm, exe, sig, archToken };
  }

  /** Reads what stands between the stamp and ` pid=`, which begins at `to`. */
  private readIds(bytes: Buffer, from: number, to: number): boolean {
    if (startsWith(bytes, seekBack(bytes, to - 1, from, SPACE), to, SES) && this.readIdsUpTo(bytes, from, to))
      return true;
    // A label is free text and may imitate anything, but what stands before it has these four spaces only.
    const labelFrom = afterWords(bytes, from, to, 4);
    const label = bytes.subarray(labelFrom, to);
    if (!startsWith(bytes, labelFrom, to, LABEL) || label.includes(ENRICHED) || label.includes(STAMP)) return false;
    return this.readIdsUpTo(bytes, from, labelFrom);
  }

  private readIdsUpTo(bytes: Buffer, from: number, to: number): boolean {
    const { fields } = this;
    fields.reset(bytes, to);
    this.ses = fields.decimal(KEY.ses, 0, U32_MAX);
    this.gid = fields.decimal(KEY.gid, 0, U32_MAX);
    this.uid = fields.decimal(KEY.uid, 0, U32_MAX);
    this.auid = fields.decimal(KEY.auid, 0, U32_MAX);
    return fields.fault === undefined && fields.at === from - 1;
  }

  /** The kernel's own text may end before the line does, and what was added may end like a record. */
  private readKernelText(line: Line, from: number, stamp: Stamp): Reading {
    const { fields } = this;
    const { bytes } = line;
    const end = kernelTextEnd(bytes, from, line.end);
    const reading = end < line.end ? this.readUpTo(line, from, end, stamp) : undefined;
    if (reading !== undefined) return reading;
    const { fault = KEY.auid } = fields;
    const trailing = fault === KEY.code && WHOLE.test(bytes.toString('latin1', from, end));
    return reject(trailing ? 'trailing' : fields.faultReason(), fault.name, bytes, line.from, line.end);
  }
}

/** Where the word after which `count` words have passed ends, or `end`. */
function afterWords(bytes: Buffer, from: number, end: number, count: number): number {
  let at = seek(bytes, from, end, SPACE);
  for (let words = 1; words < count && at < end; words++) at = seek(bytes, at + 1, end, SPACE);
  return at;
}
