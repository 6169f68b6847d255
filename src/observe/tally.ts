import type { Trust } from '../record/trust.ts';

/**
 * Where the filter began: `preload`: after the loader, in libsandbox.so's constructor; `launcher`: from the first
 * instruction after execve (sandboxify); `unknown`: records that came without an `observe` run. Stages are never merged.
 */
export type Stage = 'preload' | 'launcher' | 'unknown';
export const STAGES: readonly Stage[] = ['preload', 'launcher', 'unknown'];

/** One program's one call in one run, as the kernel named it; `code` is the SECCOMP_RET_* action (LOG or a kill). */
export interface Tally {
  readonly exe: string;
  readonly archToken: number;
  readonly nr: number;
  readonly code: number;
  readonly trust: Trust;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Serial and instruction pointer of the first of them: the evidence that a person can look up. */
  readonly sampleSerial: number;
  readonly sampleIp: string;
}

/** Records that are missing, as far as anyone can know. */
export interface Loss {
  /**
   * As LossRecord's; `serial-gap`: serials that never came; of a log file: `file-truncated`: emptied or rewritten before it was
   * read to its end, `file-gone`: removed before that, `file-hole`: zeros where a crash lost what stood there,
   * `file-unreadable`: damaged or packed so that it cannot be read.
   */
  readonly reason:
    | 'suppressed'
    | 'kmsg-gap'
    | 'enobufs'
    | 'audit-lost'
    | 'backlog'
    | 'rate'
    | 'journal-missed'
    | 'carrier-restart'
    | 'serial-gap'
    | 'file-truncated'
    | 'file-gone'
    | 'file-hole'
    | 'file-unreadable';
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  /** `exact`: count is it; `at-most`: count is an upper bound; `unknown`: count is undefined. */
  readonly certainty: 'exact' | 'at-most' | 'unknown';
  readonly count: number | undefined;
  readonly text: string;
}
