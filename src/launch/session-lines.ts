import type { ImageEvent, Mapping } from '../observe/images.ts';
import { printable } from '../record/name.ts';

/** What session-run says on its control socket (native/session-run.c, --help). */
export type SessionLine =
  | { readonly kind: 'session'; readonly ses: number }
  | { readonly kind: 'no-session'; readonly errno: string; readonly ses: number }
  | { readonly kind: 'status'; readonly status: AuditCounters }
  | { readonly kind: 'status-error'; readonly errno: string }
  | { readonly kind: 'marker'; readonly which: 'begin' | 'end'; readonly pid: number }
  | { readonly kind: 'marker-error'; readonly errno: string }
  | { readonly kind: 'started'; readonly pid: number }
  | { readonly kind: 'exec-error'; readonly errno: string }
  | { readonly kind: 'left'; readonly pid: number; readonly ses: number }
  | { readonly kind: 'process'; readonly pid: number }
  | { readonly kind: 'main-exit'; readonly how: 'code' | 'signal'; readonly number: number }
  | { readonly kind: 'running'; readonly processes: number }
  | ImageEvent
  | { readonly kind: 'no-maps'; readonly errno: string }
  | { readonly kind: 'sessions'; readonly next: number };

/** The kernel's audit status as session-run asks for it (struct audit_status, include/uapi/linux/audit.h). */
export interface AuditCounters {
  /** Records that the kernel has lost since boot. */
  readonly lost: number;
  /** Process id of auditd; 0: none. */
  readonly pid: number;
}

type Words = readonly string[];

const READERS: Readonly<Record<SessionLine['kind'], (words: Words, rest: string) => SessionLine>> = {
  session: ([ses]) => ({ kind: 'session', ses: Number(ses) }),
  'no-session': ([errno = '', ses]) => ({ kind: 'no-session', errno, ses: Number(ses) }),
  status: (_, rest) => ({ kind: 'status', status: countersOf(rest) }),
  'status-error': ([errno = '']) => ({ kind: 'status-error', errno }),
  marker: ([which, pid]) => ({ kind: 'marker', which: which === 'end' ? 'end' : 'begin', pid: Number(pid) }),
  'marker-error': ([errno = '']) => ({ kind: 'marker-error', errno }),
  started: ([pid]) => ({ kind: 'started', pid: Number(pid) }),
  'exec-error': ([errno = '']) => ({ kind: 'exec-error', errno }),
  left: ([pid, ses]) => ({ kind: 'left', pid: Number(pid), ses: Number(ses) }),
  process: ([pid]) => ({ kind: 'process', pid: Number(pid) }),
  'main-exit': ([how, number]) => ({
    kind: 'main-exit',
    how: how === 'signal' ? 'signal' : 'code',
    number: Number(number),
  }),
  running: ([processes]) => ({ kind: 'running', processes: Number(processes) }),
  forked: ([at, pid, parent]) => ({ kind: 'forked', atNs: Number(at), pid: Number(pid), parent: Number(parent) }),
  executed: ([at, pid]) => ({ kind: 'executed', atNs: Number(at), pid: Number(pid) }),
  mapped: ([at, pid, ...place]) => ({ kind: 'mapped', atNs: Number(at), pid: Number(pid), mapping: mappingOf(place) }),
  'no-maps': ([errno = '']) => ({ kind: 'no-maps', errno }),
  sessions: ([next]) => ({ kind: 'sessions', next: Number(next) }),
};

/** Reads one line of session-run. It is our own program: a line that it does not know is a fault, and throws. */
export function readSessionLine(line: string): SessionLine {
  const [kind = '', ...words] = line.split(' ');
  if (!Object.hasOwn(READERS, kind)) throw new Error(`session-run said what it never says: ${line}`);
  return READERS[kind as SessionLine['kind']](words, line.slice(kind.length + 1));
}

/** The path is in hex: it may hold anything. */
function mappingOf([start = '', length = '', offset = '', buildId = '', path = '']: Words): Mapping {
  return {
    start: Number.parseInt(start, 16),
    length: Number.parseInt(length, 16),
    fileOffset: Number.parseInt(offset, 16),
    buildId: buildId === '-' ? '' : buildId,
    path: printable(Buffer.from(path, 'hex')),
  };
}

function countersOf(json: string): AuditCounters {
  const { lost, pid } = JSON.parse(json) as { lost: unknown; pid: unknown };
  return { lost: Number(lost), pid: Number(pid) };
}
