import { SYSTEMD_SETS } from './systemd-sets.gen.ts';

export { SYSTEMD_VERSION } from './systemd-sets.gen.ts';

/** The calls of one of systemd's SystemCallFilter= sets (`@default`), those of the sets in it included; undefined: no such set. */
export function systemdSet(name: string): ReadonlySet<string> | undefined {
  const members = SYSTEMD_SETS[name];
  if (members === undefined) return undefined;
  return new Set(members.split(' ').flatMap((one) => (one.startsWith('@') ? [...(systemdSet(one) ?? [])] : [one])));
}

/** The smallest of systemd's sets that a call is in, `@default` before all: it is allowed there anyway; undefined: in none. */
export function smallestSet(call: string): string | undefined {
  const sized = (sizes ??= Object.keys(SYSTEMD_SETS)
    .map((name) => ({ name, calls: systemdSet(name) ?? new Set<string>() }))
    .sort((a, b) => rank(a) - rank(b)));
  return sized.find(({ calls }) => calls.has(call))?.name;
}

interface Sized {
  readonly name: string;
  readonly calls: ReadonlySet<string>;
}

// Expanded when first asked for.
let sizes: readonly Sized[] | undefined;

function rank({ name, calls }: Sized): number {
  return name === '@default' ? 0 : calls.size;
}
