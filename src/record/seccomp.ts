import { SPACE, seek, seekBack, startsWith } from './ascii.ts';
import { ENRICHED, kernelTextEnd } from './enriched.ts';
import { HexTexts } from './hex-texts.ts';
import type { Line, Reading } from './line.ts';
import type { NameReader } from './names.ts';
import type { Stamp } from './record.ts';
import { reject } from './rejection.ts';
import { keyOf, type Place, TailFields, type WideHex } from './tail-fields.ts';

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

/**
 * Reads the body of a type=1326 record (kernel/auditsc.c audit_seccomp, since 3.16):
 * `auid= uid= gid= ses= [subj=] pid= comm= exe= sig=%ld arch=%x syscall=%ld compat=%d ip=0x%lx code=0x%x`.
 * Everything must be as the kernel prints it; else it is rejected, never guessed at.
 */
export class SeccompReader {
  private readonly fields = new TailFields();
  private readonly names: NameReader;
  private readonly ips = new HexTexts();
  private readonly exe: Place = { from: 0, to: 0 };
  private readonly comm: Place = { from: 0, to: 0 };
  private readonly ip: WideHex = { from: 0, to: 0, high: 0, low: 0 };
  private auid = 0;
  private uid = 0;
  private gid = 0;
  private ses = 0;

  constructor(names: NameReader) {
    this.names = names;
  }

  read(line: Line, from: number, stamp: Stamp): Reading {
    return this.readUpTo(line, from, line.end, stamp) ?? this.readKernelText(line, from, stamp);
  }

  /** The record that ends at `end`; undefined where its fields do not stand as they must. */
  private readUpTo(line: Line, from: number, end: number, stamp: Stamp): Reading {
    const { bytes } = line;
    const { fields } = this;
    fields.reset(bytes, end);
    const code = fields.hex(KEY.code);
    fields.wideHex(KEY.ip, this.ip);
    const compat = fields.decimal(KEY.compat, 0, 1);
    const nr = fields.decimal(KEY.syscall, I32_MIN, I32_MAX);
    const archToken = fields.hex(KEY.arch);
    const sig = fields.decimal(KEY.sig, 0, HIGHEST_SIGNAL);
    fields.word(KEY.exe, this.exe);
    fields.word(KEY.comm, this.comm);
    const pid = fields.decimal(KEY.pid, 0, I32_MAX);
    const beforePid = fields.at;
    if (fields.fault !== undefined || !this.readIds(bytes, from, beforePid)) return undefined;
    if (!ACTIONS.has(code)) return reject('bad-number', 'code', bytes, line.from, line.end);
    const comm = this.names.read(bytes, this.comm.from, this.comm.to);
    if (comm === undefined) return reject('bad-name', 'comm', bytes, line.from, line.end);
    const exe = this.names.read(bytes, this.exe.from, this.exe.to);
    if (exe === undefined) return reject('bad-name', 'exe', bytes, line.from, line.end);
    const ip = this.ips.read(bytes, this.ip);
    const { auid, uid, gid, ses } = this;
    const { trust, host, bootId } = line;
    // One literal: a spread costs as much as the parse.
    // biome-ignore format: fields, not lines, are what there is to see
    return { kind: 'seccomp', stamp, trust, host, bootId, auid, uid, gid, ses, pid, comm, exe, sig, archToken, nr, compat, ip, code };
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
