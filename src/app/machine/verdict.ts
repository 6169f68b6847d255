/** One thing that was looked at. `warn`: something would differ or be lost; `fail`: something does not work. */
export interface Finding {
  readonly what: string;
  readonly verdict: 'ok' | 'warn' | 'fail';
  readonly told: string;
  /** What to do about it; absent where all is well. */
  readonly fix?: string;
  /** This user may not ask. */
  readonly unknown?: true;
}

export type Verdict = Omit<Finding, 'what'>;

/** What could not be asked for is not fine. */
export const NOT_KNOWN: Verdict = {
  verdict: 'warn',
  told: 'not known',
  fix: 'run as root (CAP_AUDIT_CONTROL)',
  unknown: true,
};

export function ok(told: string): Verdict {
  return { verdict: 'ok', told };
}

export function warn(told: string, fix: string): Verdict {
  return { verdict: 'warn', told, fix };
}

export function fail(told: string, fix: string): Verdict {
  return { verdict: 'fail', told, fix };
}
