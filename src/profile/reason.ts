/** Who made a call, and when and how often it was seen. */
export interface Seen {
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Serial and instruction pointer of the first record, which a person can look up. */
  readonly sampleSerial: number;
  readonly sampleIp: string;
  /** Programs that made it, sorted; a `known` run tells only who made it first. */
  readonly exes: readonly string[];
}

/** Why a call is on the list. */
export type Reason = Observed | Implied | Variant | Manual;

/** It was logged being made. */
export interface Observed extends Seen {
  readonly kind: 'observed';
  /** Runs that it was seen in, of those that logged every call. */
  readonly runs: number;
  readonly ofRuns: number;
  /** Runs that allowed what was known and logged this as new; they count nothing but this. */
  readonly newIn: number;
  /** False where only programs that it started made the call. */
  readonly own: boolean;
}

/** A run may need it, though none has shown it: by a rule of the closure, or because the point of injection makes it. */
export interface Implied {
  readonly kind: 'implied';
  /** The rule's id: `libc/abort`, `oci/runtime`. */
  readonly rule: string;
  readonly why: string;
}

/** Another libc, kernel or ABI makes it in place of a call that was observed. */
export interface Variant {
  readonly kind: 'variant';
  /** The observed call's name. */
  readonly of: string;
  readonly rule: string;
  readonly why: string;
}

/** A person's word. */
export interface Manual {
  readonly kind: 'manual';
  /** Login name, or the uid where it has none: printable text. */
  readonly who: string;
  readonly atMs: number;
  readonly why: string;
}
