import type { Profile, Rule } from '../profile/profile.ts';

/** A profile in another form, and what that form cannot say. */
export interface Rendering {
  readonly text: string;
  readonly losses: readonly string[];
}

/** The variable that libsandbox.so and sandboxify read: one line, byte-sorted; a call without a name is its number. */
export function preloadEnv(profile: Profile): Rendering {
  return { text: `SECCOMP_SYSCALL_ALLOW=${allowlist(profile).join(':')}\n`, losses: [] };
}

/** The items of the list. Names and numbers are ASCII, so that JavaScript's order of code units is that of bytes. */
export function allowlist({ rules }: Profile): readonly string[] {
  return [...new Set(rules.map(itemOf))].sort();
}

function itemOf({ name, nr }: Rule): string {
  return name ?? String(nr);
}
