import { APPARMOR_TYPES, AppArmorReader, UserAppArmorReader } from './apparmor.ts';
import { EQUALS, NEWLINE, SPACE, seek, skipDigits, startsWith } from './ascii.ts';
import { WordReader } from './byte-cache.ts';
import type { Line, Reading } from './line.ts';
import { LoginReader } from './login.ts';
import { readLoss } from './loss.ts';
import type { NameReader } from './names.ts';
import type { Stamp } from './record.ts';
import { reject } from './rejection.ts';
import { Repeats } from './repeats.ts';
import { SeccompReader } from './seccomp.ts';
import { StampReader } from './stamp.ts';
import { SyscallReader } from './syscall.ts';

/** Reads the body that begins at `from`, after the stamp. */
interface BodyReader {
  read(line: Line, from: number, stamp: Stamp): Reading;
}

const SECCOMP = 1326;
const LOGIN = 1006;
const SYSCALL = 1300;
/** auditd's names (audit-userspace msg_typetab.h) of the types that have a reader. */
const NAMED: ReadonlyMap<string, number> = new Map([
  ...Object.entries(APPARMOR_TYPES),
  ['SECCOMP', SECCOMP],
  ['LOGIN', LOGIN],
  ['SYSCALL', SYSCALL],
]);
const TYPE_NUMBER = /^[1-9]\d{0,9}$/;
const TYPE_NAME = /^[A-Z][A-Z0-9_-]*$/;
/** How an auditd that is older than the type writes it. */
const UNKNOWN_TYPE = /^UNKNOWN\[(\d{1,10})\]$/;
/** A date of ausearch -i instead of seconds. */
const INTERPRETED_STAMP = /^audit\([^:]*[/-]/;

const AUDIT = Buffer.from('audit: ', 'latin1');
const TYPE = Buffer.from('type=', 'latin1');
const MSG = Buffer.from('msg=', 'latin1');
const STAMP = Buffer.from('audit(', 'latin1');
/** A record's beginning that stands elsewhere than at the text's start: smuggled, or torn. */
const ELSEWHERE = /type=(?:1326|SECCOMP|UNKNOWN\[1326\]) /;

type Type = number | string | undefined;

/**
 * Reads what the kernel or auditd said, after the frame: `[audit: ]type=T [word=N …][msg=]audit(STAMP): BODY`, or, of kernels
 * before 2.6.30, `audit(STAMP): type=T BODY`. The type counts at the text's start only: everything after it may be a program's words.
 */
export class PayloadReader {
  private readonly stamps = new StampReader();
  private readonly types = new WordReader<Type>(64, decodeType);
  private readonly bodies: ReadonlyMap<number | string, BodyReader>;

  private readonly seccomp: SeccompReader;
  private readonly repeats: Repeats;

  constructor(names: NameReader) {
    this.seccomp = new SeccompReader(names);
    this.repeats = new Repeats(this.seccomp.call);
    this.bodies = new Map<number | string, BodyReader>([
      [SECCOMP, this.seccomp],
      [LOGIN, new LoginReader()],
      [SYSCALL, new SyscallReader(names)],
      ...Object.values(APPARMOR_TYPES).map((type): [number, BodyReader] => [type, new AppArmorReader(names, type)]),
      [APPARMOR_TYPES.USER_AVC, new UserAppArmorReader(names)],
    ]);
  }

  read(line: Line): Reading {
    if (this.repeats.read(line) === line.end) return this.seccomp.call;
    const { bytes, end } = line;
    const from = startsWith(bytes, line.textFrom, end, AUDIT) ? line.textFrom + AUDIT.length : line.textFrom;
    if (startsWith(bytes, from, end, TYPE)) return this.readTypeFirst(line, from + TYPE.length);
    if (startsWith(bytes, from, end, STAMP)) return this.readStampFirst(line, from);
    return readLoss(line) ?? elsewhere(line);
  }

  /** The call at bytes[line.from], whose line nobody has measured, where it repeats the one before it; `line.end` is then set. */
  readRepeated(line: Line): Reading {
    const end = this.repeats.read(line);
    if (end < 0 || (end < line.end && line.bytes[end] !== NEWLINE)) return undefined;
    line.end = end;
    return this.seccomp.call;
  }

  /** A line of which no frame was found: nothing of ours, unless a record's beginning stands within it. */
  readUnframed(line: Line): Reading {
    return elsewhere(line);
  }

  /** The body that begins at `from`, of a record whose type and stamp the frame has told. */
  readBody(line: Line, type: number | string, from: number, stamp: Stamp): Reading {
    const reader = this.bodies.get(type);
    if (reader === this.seccomp) this.repeats.forget();
    if (reader) return reader.read(line, from, stamp);
    const { trust, host, bootId } = line;
    return { kind: 'other', stamp, trust, host, bootId, type };
  }

  private readTypeFirst(line: Line, from: number): Reading {
    const { bytes, end } = line;
    const space = seek(bytes, from, end, SPACE);
    const type = this.types.read(bytes, from, space);
    const at = afterNumbers(bytes, space + 1, end);
    const stampAt = startsWith(bytes, at, end, MSG) ? at + MSG.length : at;
    if (type === undefined || !startsWith(bytes, stampAt, end, STAMP)) return elsewhere(line);
    const stamp = this.stamps.read(bytes, stampAt, end);
    if (stamp === undefined) return badStamp(line, stampAt);
    const { next, serialFrom, serialTo } = this.stamps;
    const reading = this.readBody(line, type, next, stamp);
    if (reading?.kind === 'call') this.repeats.learn(line, serialFrom, serialTo, this.seccomp);
    return reading;
  }

  private readStampFirst(line: Line, from: number): Reading {
    const { bytes, end } = line;
    const stamp = this.stamps.read(bytes, from, end);
    if (stamp === undefined) return elsewhere(line);
    const at = this.stamps.next;
    if (!startsWith(bytes, at, end, TYPE)) return elsewhere(line);
    const space = seek(bytes, at, end, SPACE);
    const type = this.types.read(bytes, at + TYPE.length, space);
    return type === undefined || space === end ? elsewhere(line) : this.readBody(line, type, space + 1, stamp);
  }
}

/** Steps over `word=NUMBER ` pairs, which tools that print netlink records put between type and text. */
function afterNumbers(bytes: Buffer, from: number, end: number): number {
  for (let at = from; ; ) {
    const equals = skipWord(bytes, at, end);
    const space = skipDigits(bytes, equals + 1, end);
    if (equals === at || bytes[equals] !== EQUALS || space === equals + 1 || bytes[space] !== SPACE) return at;
    at = space + 1;
  }
}

function skipWord(bytes: Buffer, from: number, end: number): number {
  let at = from;
  for (let byte = bytes[at] ?? 0; at < end && ((byte >= 0x61 && byte <= 0x7a) || byte === 0x5f); byte = bytes[at] ?? 0)
    at++;
  return at;
}

function decodeType(bytes: Buffer): Type {
  const text = bytes.toString('latin1');
  const digits = TYPE_NUMBER.exec(text)?.[0] ?? UNKNOWN_TYPE.exec(text)?.[1];
  if (digits !== undefined) return Number(digits);
  return TYPE_NAME.test(text) ? (NAMED.get(text) ?? text) : undefined;
}

function badStamp(line: Line, at: number): Reading {
  const { bytes, from, end } = line;
  const interpreted = INTERPRETED_STAMP.test(bytes.toString('latin1', at, Math.min(end, at + 64)));
  return reject(interpreted ? 'interpreted' : 'bad-stamp', undefined, bytes, from, end);
}

/** Text that begins like no record: nothing of ours, unless a record's beginning stands within it. */
function elsewhere({ bytes, from, end }: Line): Reading {
  const text = bytes.toString('latin1', from, end);
  return ELSEWHERE.test(text) ? reject('not-at-start', undefined, bytes, from, end) : undefined;
}
