import type { Access } from '../record/access.ts';
import type { AppArmorRecord, AppArmorVerdict } from '../record/record.ts';
import type { Trust } from '../record/trust.ts';

/** What a profile's bound left no room for: counted, its fields forgotten. */
export interface Overflow {
  readonly kind: 'overflow';
}

/** Whose access, and what became of it. */
export interface AccessKey {
  readonly host: string;
  /** '' : the root's policy. */
  readonly namespace: string;
  /** '' where a log names more profiles than are kept apart. */
  readonly profile: string;
  readonly verdict: AppArmorVerdict;
  readonly trust: Trust;
}

/** One event. */
export interface Sighting extends AccessKey {
  readonly access: Access | Overflow;
  readonly atMs: number;
  readonly serial: number;
}

/** Every event of one access. */
export interface AccessCount extends AccessKey {
  readonly access: Access | Overflow;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** That of the first of them. */
  readonly sampleSerial: number;
}

/** The sighting that a record is; a process' own words are forgeable, whatever carried them. */
export function sightingOf(record: AppArmorRecord, host: string): Sighting {
  const { namespace = '', profile, verdict, access, stamp, speaker } = record;
  const trust = speaker === 'process' ? 'forgeable' : record.trust;
  return { host, namespace, profile, verdict, trust, access, ...stamp };
}
