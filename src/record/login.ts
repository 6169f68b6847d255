import { SPACE, seek } from './ascii.ts';
import { kernelTextEnd } from './enriched.ts';
import type { Line, Reading } from './line.ts';
import type { Stamp } from './record.ts';
import { reject } from './rejection.ts';
import { keyOf, TailFields } from './tail-fields.ts';

const U32_MAX = 0xffff_ffff;
const I32_MAX = 0x7fff_ffff;
const LOGIN = 1006;
const STAMP = Buffer.from('audit(', 'latin1');

const KEY = {
  pid: keyOf('pid'),
  oldSes: keyOf('old-ses'),
  ses: keyOf('ses'),
  res: keyOf('res'),
};

/**
 * Reads the body of a type=1006 record (kernel/audit.c audit_log_set_loginuid):
 * `pid= uid= [subj=] old-auid= auid= [tty=] old-ses= ses= res=`. A write that failed opened no session: `other`.
 */
export class LoginReader {
  private readonly head = new TailFields();
  private readonly tail = new TailFields();

  read(line: Line, from: number, stamp: Stamp): Reading {
    const { bytes, trust, host, bootId } = line;
    const { head, tail } = this;
    tail.reset(bytes, kernelTextEnd(bytes, from, line.end));
    const res = tail.decimal(KEY.res, 0, 1);
    const ses = tail.decimal(KEY.ses, 0, U32_MAX);
    const oldSes = tail.decimal(KEY.oldSes, 0, U32_MAX);
    if (tail.fault) return reject(tail.faultReason(), tail.fault.name, bytes, line.from, line.end);
    // The label between head and tail is free text: pid is read from the head.
    head.reset(bytes, seek(bytes, from, line.end, SPACE));
    const pid = head.decimal(KEY.pid, 0, I32_MAX);
    if (head.fault) return reject(head.faultReason(), head.fault.name, bytes, line.from, line.end);
    // A torn record, and the next one on the same line.
    if (bytes.subarray(from, line.end).includes(STAMP)) return reject('truncated', 'ses', bytes, line.from, line.end);
    if (res === 0) return { kind: 'other', stamp, trust, host, bootId, type: LOGIN };
    return { kind: 'login', stamp, trust, host, bootId, pid, oldSes, ses };
  }
}
