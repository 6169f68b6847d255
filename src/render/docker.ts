import type { Profile } from '../profile/profile.ts';
import { scmpArch } from './architecture.ts';
import { namedRules, namelessLoss } from './calls.ts';
import { reasonText } from './comment.ts';
import type { RenderOptions, TextRendering } from './format.ts';
import { defaults } from './oci.ts';

/** A file for `docker run --security-opt seccomp=FILE` and podman: an entry a call, so that each has its reason beside it. */
export function dockerJson(profile: Profile, options: RenderOptions): TextRendering {
  const head = {
    ...defaults(profile, options),
    archMap: [{ architecture: scmpArch(profile.policy.abi), subArchitectures: [] }],
  };
  const entries = namedRules(profile.rules).map((rule) =>
    JSON.stringify({ names: [rule.name], action: 'SCMP_ACT_ALLOW', comment: reasonText(rule) }),
  );
  const open = JSON.stringify(head, undefined, 2).replace(/\n\}$/, '');
  const text = `${open},\n  "syscalls": [\n    ${entries.join(',\n    ')}\n  ]\n}\n`;
  return { kind: 'text', text, losses: namelessLoss(profile) };
}
