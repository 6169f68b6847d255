import type { Profile } from '../profile/profile.ts';
import { allowlist } from './env.ts';
import type { Rendering, RenderOptions } from './format.ts';

/** The filter as struct sock_filter[], in this machine's byte order, for `bwrap --seccomp` and whoever loads it himself. */
export function bpfProgram(profile: Profile, { compile }: RenderOptions): Rendering {
  return { kind: 'bytes', bytes: compile(allowlist(profile)), losses: [] };
}
