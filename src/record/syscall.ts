import { wideHexText } from './call.ts';
import { HeadFields, headKeyOf, type WideHex } from './head-fields.ts';
import type { Line, Reading } from './line.ts';
import type { NameReader } from './names.ts';
import type { Stamp } from './record.ts';
import { reject } from './rejection.ts';
import type { Place } from './tail-fields.ts';

const U32_MAX = 0xffff_ffff;
const I32_MAX = 0x7fff_ffff;
const I32_MIN = -0x8000_0000;

const KEY = {
  arch: headKeyOf('arch'),
  syscall: headKeyOf('syscall'),
  per: headKeyOf('per'),
  success: headKeyOf('success'),
  exit: headKeyOf('exit'),
  pid: headKeyOf('pid'),
  ses: headKeyOf('ses'),
  comm: headKeyOf('comm'),
  exe: headKeyOf('exe'),
};
const ARGS = ['a0', 'a1', 'a2', 'a3'].map(headKeyOf);
const BEFORE_PID = ['items', 'ppid'].map(headKeyOf);
const BEFORE_SES = ['auid', 'uid', 'gid', 'euid', 'suid', 'fsuid', 'egid', 'sgid', 'fsgid', 'tty'].map(headKeyOf);

/**
 * Reads the body of a type=1300 record (kernel/auditsc.c show_special and audit_log_exit, kernel/audit.c audit_log_task_info):
 * `arch=%x syscall=%d [per=%lx] [success=%s exit=%ld] a0=%lx … a3=%lx items=%d ppid=%d pid=%d auid= … tty= ses= comm= exe=
 * [subj=] key=`. Label and key are free text and stand last, so that it is read from its head; what follows `exe=` is not ours.
 */
export class SyscallReader {
  private readonly fields = new HeadFields();
  private readonly names: NameReader;
  private readonly number: WideHex = { high: 0, low: 0 };
  private readonly name: Place = { from: 0, to: 0 };

  constructor(names: NameReader) {
    this.names = names;
  }

  read(line: Line, from: number, stamp: Stamp): Reading {
    const { bytes, trust, host, bootId } = line;
    const { fields, number, name } = this;
    fields.reset(bytes, from, line.end);
    fields.wideHex(KEY.arch, number);
    const archToken = number.low;
    const wideArch = number.high !== 0;
    const nr = fields.decimal(KEY.syscall, I32_MIN, I32_MAX);
    fields.skipOptional(KEY.per);
    fields.skipOptional(KEY.success);
    fields.skipOptional(KEY.exit);
    const args = [this.argument(0), this.argument(1), this.argument(2), this.argument(3)] as const;
    for (const key of BEFORE_PID) fields.skip(key);
    const pid = fields.decimal(KEY.pid, 0, I32_MAX);
    for (const key of BEFORE_SES) fields.skip(key);
    const ses = fields.decimal(KEY.ses, 0, U32_MAX);
    fields.skip(KEY.comm);
    fields.word(KEY.exe, name);
    const { fault } = fields;
    if (fault !== undefined) return reject(fields.faultReason, fault.name, bytes, line.from, line.end);
    if (wideArch) return reject('bad-number', 'arch', bytes, line.from, line.end);
    const exe = this.names.read(bytes, name.from, name.to);
    if (exe === undefined) return reject('bad-name', 'exe', bytes, line.from, line.end);
    return { kind: 'syscall', stamp, trust, host, bootId, archToken, nr, args, pid, ses, exe };
  }

  private argument(index: number): string {
    this.fields.wideHex(ARGS[index] as (typeof ARGS)[number], this.number);
    return wideHexText(this.number.high, this.number.low);
  }
}
