import type { Profile } from '../profile/profile.ts';
import type { TextRendering } from './format.ts';

/** The profile as it is, nothing left out: profile.ts says what each field means, `schema` which version of it that is. */
export function profileDocument(profile: Profile): TextRendering {
  return { kind: 'text', text: `${JSON.stringify(profile, undefined, 2)}\n`, losses: [] };
}
