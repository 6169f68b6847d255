import { RefusedError } from '../../errors.ts';
import { findProgram } from '../../launch/find.ts';
import type { Env } from '../../launch/run.ts';
import type { Profile } from '../../profile/profile.ts';
import type { Format } from '../../render/format.ts';
import type { Emission } from '../suggest/emit.ts';

export interface TrialRequest {
  readonly argv: readonly string[];
  readonly env: Env;
  readonly format: Format;
  readonly profile: Profile;
  readonly emission: Emission;
}

/** What to start so that CMD runs under the profile as it will be printed. */
export interface Trial {
  readonly path: string;
  readonly args: readonly string[];
  readonly argv0?: string;
  readonly env: Env;
  /** What descriptor 3 is to read from. */
  readonly input?: Uint8Array;
  /** What `path` says on standard error where a signal of the filter ended CMD, if its exit status does not tell. */
  readonly killedSign?: RegExp;
  readonly cleanUp?: () => void;
}

/** The path of a program that a trial needs. Throws RefusedError where it is not installed. */
export function consumer(name: string, env: Env): string {
  try {
    return findProgram(name, env);
  } catch (error) {
    throw new RefusedError(`--try: ${name} is not installed: the profile cannot be tried here`, { cause: error });
  }
}
