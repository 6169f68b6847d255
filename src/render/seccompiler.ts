import type { Profile } from '../profile/profile.ts';
import { errnoFor } from './architecture.ts';
import { namedRules, namelessLoss } from './calls.ts';
import { reasonText } from './comment.ts';
import type { RenderOptions, TextRendering } from './format.ts';

/** JSON for rust-vmm's seccompiler (docs/json_format.md there): one filter, named `main`, with the reason beside each call. */
export function seccompilerJson(profile: Profile, { action }: RenderOptions): TextRendering {
  const errno = errnoFor(action, profile.policy.abi);
  const main = {
    mismatch_action: errno === undefined ? 'kill_process' : { errno },
    match_action: 'allow',
    filter: namedRules(profile.rules).map((rule) => ({ syscall: rule.name, comment: reasonText(rule) })),
  };
  return { kind: 'text', text: `${JSON.stringify({ main }, undefined, 2)}\n`, losses: namelessLoss(profile) };
}
