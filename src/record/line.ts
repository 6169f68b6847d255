import type { Call } from './call.ts';
import type { LogRecord, Rejection, SeccompRecord } from './record.ts';
import type { Trust } from './trust.ts';

/**
 * One record's text with what its frame tells of it. A reader keeps one and fills it anew for every line, so that a
 * line costs no garbage: nothing may hold on to it.
 */
export interface Line {
  bytes: Buffer;
  /** The whole line, without its newline. */
  from: number;
  end: number;
  /** Where the frame ends and the speaker's own text begins. */
  textFrom: number;
  speaker: Speaker;
  /** As carrier, operator and speaker have it (reader.ts). */
  trust: Trust;
  host: string | undefined;
  bootId: string | undefined;
  /** Milliseconds since 1970 where the frame tells it as a number (journald). */
  atMs: number | undefined;
  /** Where the frame's own time stands as text (syslog, journalctl); read for losses only. */
  timeFrom: number;
  timeTo: number;
}

/** `user`: the line itself says that a process wrote it, so that no word of the operator makes it the kernel's. */
export type Speaker = 'kernel' | 'user';

/** A record (of seccomp its call), a rejection (ours, but broken), or undefined (not ours). */
export type Reading = Exclude<LogRecord, SeccompRecord> | Call | Rejection | undefined;

export function newLine(): Line {
  return {
    bytes: Buffer.alloc(0),
    from: 0,
    end: 0,
    textFrom: 0,
    speaker: 'kernel',
    trust: 'forgeable',
    host: undefined,
    bootId: undefined,
    atMs: undefined,
    timeFrom: 0,
    timeTo: 0,
  };
}
