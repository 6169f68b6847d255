import type { Profile } from '../profile/profile.ts';
import { errnoFor, scmpArch } from './architecture.ts';
import { namedRules, namelessLoss } from './calls.ts';
import type { RenderOptions, TextRendering } from './format.ts';

/**
 * `linux.seccomp` of a runtime-spec config.json, as runc and crun take it. Its one architecture leaves the others of the
 * machine (i386 and x32 beside x86_64) closed: libseccomp kills what it was not told of.
 */
export function ociJson(profile: Profile, options: RenderOptions): TextRendering {
  const document = {
    ...defaults(profile, options),
    architectures: [scmpArch(profile.policy.abi)],
    syscalls: [{ names: namedRules(profile.rules).map(({ name }) => name), action: 'SCMP_ACT_ALLOW' }],
  };
  return { kind: 'text', text: `${JSON.stringify(document, undefined, 2)}\n`, losses: namelessLoss(profile) };
}

/** What meets a call that no rule names. */
export function defaults({ policy }: Profile, { action }: RenderOptions) {
  const errno = errnoFor(action, policy.abi);
  return errno === undefined
    ? { defaultAction: 'SCMP_ACT_KILL_PROCESS' }
    : { defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: errno };
}
