import type { Profile } from '../profile/profile.ts';
import type { TextRendering } from './format.ts';

/** The profile as it is, nothing left out: profile.ts says what each field means, `schema` which version of it that is. */
export function profileDocument(profile: Profile): TextRendering {
  const text = JSON.stringify(profile, undefined, 2).replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, escaped);
  return { kind: 'text', text: `${text}\n`, losses: [] };
}

/** What JSON leaves as it is and a terminal may obey. */
function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
