import { readAccess } from './apparmor-access.ts';
import { type AppArmorFields, type Fault, readAppArmorFields } from './apparmor-fields.ts';
import { startsWith } from './ascii.ts';
import { kernelTextEnd } from './enriched.ts';
import type { Line, Reading } from './line.ts';
import type { NameReader } from './names.ts';
import type { AppArmorVerdict, Stamp } from './record.ts';
import { reject } from './rejection.ts';

/** The types that AppArmor's records come by; auditd's names are those of audit-userspace msg_typetab.h. */
export const APPARMOR_TYPES = {
  AVC: 1400,
  USER_AVC: 1107,
  APPARMOR: 1500,
  APPARMOR_AUDIT: 1501,
  APPARMOR_ALLOWED: 1502,
  APPARMOR_DENIED: 1503,
  APPARMOR_HINT: 1504,
  APPARMOR_STATUS: 1505,
  APPARMOR_ERROR: 1506,
  APPARMOR_KILL: 1507,
} as const;

/** Kernels before 2.6.36 had a type for each verdict. */
const VERDICT_OF_TYPE: ReadonlyMap<number, string> = new Map([
  [APPARMOR_TYPES.APPARMOR_AUDIT, 'AUDIT'],
  [APPARMOR_TYPES.APPARMOR_ALLOWED, 'ALLOWED'],
  [APPARMOR_TYPES.APPARMOR_DENIED, 'DENIED'],
  [APPARMOR_TYPES.APPARMOR_HINT, 'HINT'],
  [APPARMOR_TYPES.APPARMOR_STATUS, 'STATUS'],
  [APPARMOR_TYPES.APPARMOR_ERROR, 'ERROR'],
  [APPARMOR_TYPES.APPARMOR_KILL, 'KILLED'],
]);
const VERDICTS: ReadonlySet<string> = new Set<AppArmorVerdict>(['AUDIT', 'ALLOWED', 'DENIED', 'KILLED']);
const APPARMOR = Buffer.from('apparmor="', 'latin1');
const OPERATION = Buffer.from('operation="', 'latin1');
const USER_TEXT = Buffer.from(" msg='", 'latin1');
const APOSTROPHE = 0x27;

/**
 * Reads the body of type=1400 (AVC) where AppArmor wrote it, `apparmor="DENIED" operation="open" profile= name= …`, and of the old
 * types 1500–1507, which need no `apparmor=`. What tells of policy (STATUS, HINT, ERROR), and SELinux' AVC, is `other`.
 */
export class AppArmorReader {
  private readonly names: NameReader;
  private readonly type: number;

  constructor(names: NameReader, type: number) {
    this.names = names;
    this.type = type;
  }

  read(line: Line, from: number, stamp: Stamp): Reading {
    const { bytes } = line;
    const end = kernelTextEnd(bytes, from, line.end);
    const opening = VERDICT_OF_TYPE.has(this.type) && !startsWith(bytes, from, end, APPARMOR) ? OPERATION : APPARMOR;
    if (!startsWith(bytes, from, end, opening)) return otherRecord(line, stamp, this.type);
    const fields = readAppArmorFields(this.names, bytes, from, end);
    return 'fault' in fields ? broken(line, fields) : recordOf(line, stamp, this.type, fields, 'kernel');
  }
}

/**
 * Reads the body of type=1107 (USER_AVC) where dbus-daemon wrote it: `pid= uid= auid= ses= [subj=] msg='apparmor="DENIED" …'`. The
 * kernel vouches for who wrote it, not for the words: whoever has CAP_AUDIT_WRITE (root in a container, by default) may write any.
 */
export class UserAppArmorReader {
  private readonly names: NameReader;

  constructor(names: NameReader) {
    this.names = names;
  }

  read(line: Line, from: number, stamp: Stamp): Reading {
    const { bytes } = line;
    const end = kernelTextEnd(bytes, from, line.end);
    const text = bytes.subarray(from, end).indexOf(USER_TEXT);
    const textFrom = from + text + USER_TEXT.length;
    if (text < 0 || !startsWith(bytes, textFrom, end, APPARMOR)) {
      return otherRecord(line, stamp, APPARMOR_TYPES.USER_AVC);
    }
    if (bytes[end - 1] !== APOSTROPHE) return broken(line, { fault: 'truncated', field: 'msg' });
    const fields = readAppArmorFields(this.names, bytes, textFrom, end - 1);
    return 'fault' in fields ? broken(line, fields) : recordOf(line, stamp, APPARMOR_TYPES.USER_AVC, fields, 'process');
  }
}

function recordOf(
  line: Line,
  stamp: Stamp,
  type: number,
  fields: AppArmorFields,
  speaker: 'kernel' | 'process',
): Reading {
  const verdict = fields.get('apparmor') ?? VERDICT_OF_TYPE.get(type) ?? '';
  if (!isVerdict(verdict)) return otherRecord(line, stamp, type);
  const [operation, profile] = [fields.get('operation'), fields.get('profile') ?? fields.get('label')];
  if (operation === undefined) return broken(line, { fault: 'truncated', field: 'operation' });
  if (profile === undefined) return broken(line, { fault: 'truncated', field: 'profile' });
  const access = readAccess(fields, operation);
  if ('fault' in access) return broken(line, access);
  const { trust, host, bootId } = line;
  const namespace = fields.get('namespace');
  return { kind: 'apparmor', stamp, trust, host, bootId, speaker, verdict, namespace, profile, access };
}

function isVerdict(word: string): word is AppArmorVerdict {
  return VERDICTS.has(word);
}

function otherRecord({ trust, host, bootId }: Line, stamp: Stamp, type: number): Reading {
  return { kind: 'other', stamp, trust, host, bootId, type };
}

function broken({ bytes, from, end }: Line, { fault, field }: Fault): Reading {
  return reject(fault, field, bytes, from, end);
}
