import { SYSTEMD_SETS } from './systemd-sets.gen.ts';

export { SYSTEMD_VERSION } from './systemd-sets.gen.ts';

/** The calls of one of systemd's SystemCallFilter= sets (`@default`), those of the sets in it included; undefined: no such set. */
export function systemdSet(name: string): ReadonlySet<string> | undefined {
  const members = SYSTEMD_SETS[name];
  if (members === undefined) return undefined;
  return new Set(members.split(' ').flatMap((one) => (one.startsWith('@') ? [...(systemdSet(one) ?? [])] : [one])));
}
