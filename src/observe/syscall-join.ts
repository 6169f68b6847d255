import { valueArguments } from '../kernel/value-arguments.ts';
import type { JoinedCall, SeccompRecord, SyscallRecord } from '../record/record.ts';
import type { Trust } from '../record/trust.ts';

/** What came of the records whose calls have arguments that are values. */
export interface JoinCounts {
  joined: number;
  /** SYSCALL records that no SECCOMP record stands before, or of which several could be meant: most audit rules' own. */
  unmatched: number;
  /** SECCOMP records that made room for later ones: no SYSCALL record came of them. */
  left: number;
}

/**
 * Both records are stamped when the call begins (kernel/auditsc.c audit_syscall_entry stamps, after seccomp has spoken), with the
 * kernel's tick; a task may be preempted in between.
 */
const APART_MS = 1000;
/** Calls of one process that wait: as many threads may be in one. */
const OF_PROCESS = 256;
const PROCESSES = 1024;
/** Until a first SYSCALL record comes there is no rule, and nothing to look up: only the latest records are kept. */
const RECENT = 64;

/**
 * Finds the SECCOMP record that a SYSCALL record of the same log belongs to. The kernel writes SECCOMP when a call begins and
 * SYSCALL when it returns, with the same serial or a later one. Same host, boot, process, session, program and call are wanted;
 * of those the latest that began no later is it. Where calls of two threads cannot be told apart, either will do, as long as the
 * filter did the same with both; else none is taken. Calls that were killed never return. Only calls with arguments that are
 * values are looked at. Records of different trust never meet: a forged line takes nothing from a true one, not even room.
 * Memory is bounded.
 */
export class SyscallJoin {
  readonly counts: JoinCounts = { joined: 0, unmatched: 0, left: 0 };
  readonly #lanes: Readonly<Record<Trust, Lane>> = {
    kernel: new Lane(this.counts),
    file: new Lane(this.counts),
    forgeable: new Lane(this.counts),
  };

  /** A SECCOMP record, in the log's order. */
  push(record: SeccompRecord): void {
    this.#lanes[record.trust].push(record);
  }

  /** The SECCOMP record of this one's call; it is not given twice. */
  join(syscall: SyscallRecord): JoinedCall | undefined {
    return this.#lanes[syscall.trust].join(syscall);
  }
}

/** The records of one trust. */
class Lane {
  readonly #counts: JoinCounts;
  readonly #waiting = new Map<number, SeccompRecord[]>();
  #recent: SeccompRecord[] | undefined = [];
  #next = 0;

  constructor(counts: JoinCounts) {
    this.#counts = counts;
  }

  push(record: SeccompRecord): void {
    if (!this.#recent) return this.#wait(record);
    this.#recent[this.#next] = record;
    this.#next = (this.#next + 1) % RECENT;
  }

  join(syscall: SyscallRecord): JoinedCall | undefined {
    if (this.#recent) this.#begin(this.#recent);
    if (valueArguments(syscall.archToken, syscall.nr).length === 0) return undefined;
    const calls = this.#waiting.get(syscall.pid);
    const call = calls && take(calls, syscall);
    if (calls?.length === 0) this.#waiting.delete(syscall.pid);
    if (call) this.#counts.joined++;
    else this.#counts.unmatched++;
    return call && { kind: 'joined', call, syscall };
  }

  #begin(recent: readonly SeccompRecord[]): void {
    this.#recent = undefined;
    for (const record of [...recent.slice(this.#next), ...recent.slice(0, this.#next)]) this.#wait(record);
  }

  #wait(record: SeccompRecord): void {
    if (isKill(record.code) || valueArguments(record.archToken, record.nr).length === 0) return;
    const calls = this.#waiting.get(record.pid);
    if (calls) {
      calls.push(record);
      if (calls.length <= OF_PROCESS) return;
      calls.shift();
      this.#counts.left++;
    } else {
      this.#waiting.set(record.pid, [record]);
      if (this.#waiting.size > PROCESSES) this.#forget();
    }
  }

  /** The process that began to wait first goes. */
  #forget(): void {
    const [oldest] = this.#waiting;
    if (!oldest) return;
    this.#counts.left += oldest[1].length;
    this.#waiting.delete(oldest[0]);
  }
}

/** SECCOMP_RET_KILL_PROCESS and _KILL_THREAD (uapi/linux/seccomp.h). */
function isKill(code: number): boolean {
  return code === 0x8000_0000 || code === 0;
}

/** Takes the call that a SYSCALL record belongs to out of those that wait; where it may be one of unlike ones, all of them. */
function take(calls: SeccompRecord[], syscall: SyscallRecord): SeccompRecord | undefined {
  const exact = calls.findLastIndex((call) => isSame(call, syscall) && isAt(call, syscall));
  if (exact >= 0) return calls.splice(exact, 1)[0];
  const at = calls.findLastIndex((call) => fits(call, syscall));
  const found = calls[at];
  if (!found) return undefined;
  if (calls.every((call) => call.code === found.code || !fits(call, syscall))) return calls.splice(at, 1)[0];
  const others = calls.filter((call) => !fits(call, syscall));
  calls.splice(0, calls.length, ...others);
  return undefined;
}

function isSame(call: SeccompRecord, { archToken, nr, exe, ses, host, bootId }: SyscallRecord): boolean {
  return (
    call.nr === nr &&
    call.archToken === archToken &&
    call.exe === exe &&
    call.ses === ses &&
    call.host === host &&
    call.bootId === bootId
  );
}

/** audit-kernel#87 tells of kernels that give both one serial; 6.1 and 6.18 give them two. */
function isAt({ stamp }: SeccompRecord, syscall: SyscallRecord): boolean {
  return stamp.serial === syscall.stamp.serial && stamp.atMs === syscall.stamp.atMs;
}

function fits(call: SeccompRecord, syscall: SyscallRecord): boolean {
  const sinceMs = syscall.stamp.atMs - call.stamp.atMs;
  return sinceMs >= 0 && sinceMs <= APART_MS && call.stamp.serial < syscall.stamp.serial && isSame(call, syscall);
}
