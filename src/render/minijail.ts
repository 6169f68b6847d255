import type { Profile } from '../profile/profile.ts';
import { namedRules, namelessLoss } from './calls.ts';
import { heading, reasonText } from './comment.ts';
import type { RenderOptions, TextRendering } from './format.ts';

/** A policy for `minijail0 -S`: a line a call, with its reason above it, since the grammar has comments on lines of their own only. */
export function minijailPolicy(profile: Profile, { action }: RenderOptions): TextRendering {
  const calls = namedRules(profile.rules).flatMap((rule) => [`# ${reasonText(rule)}`, `${rule.name}: 1`]);
  const lines = [...heading(profile, action).map((line) => `# ${line}`), ...calls];
  return { kind: 'text', text: `${lines.join('\n')}\n`, losses: namelessLoss(profile) };
}
