import type { Profile, Rule } from '../profile/profile.ts';
import type { TextRendering } from './format.ts';

/** The variable that libsandbox.so and sandboxify read: one line, byte-sorted; a call without a name is its number. */
export function preloadEnv(profile: Profile): TextRendering {
  return { kind: 'text', text: `SECCOMP_SYSCALL_ALLOW=${allowlist(profile).join(':')}\n`, losses: [] };
}

/** The items of the list. Names and numbers are ASCII, so that JavaScript's order of code units is that of bytes. */
export function allowlist({ rules }: Pick<Profile, 'rules'>): readonly string[] {
  return [...new Set(rules.map(itemOf))].sort();
}

function itemOf({ name, nr }: Rule): string {
  return name ?? String(nr);
}
