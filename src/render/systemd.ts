import { numbersOf } from '../kernel/abi.ts';
import { SYSTEMD_VERSION, systemdSet } from '../kernel/systemd-sets.ts';
import { ABIS } from '../kernel/tables.gen.ts';
import type { Profile } from '../profile/profile.ts';
import { type NamedRule, namedRules, namelessLoss } from './calls.ts';
import { heading, reasonText } from './comment.ts';
import type { RenderOptions, TextRendering } from './format.ts';

/** systemd reads longer lines, people do not. */
const WIDTH = 100;

/**
 * A drop-in for a unit: NAME.service.d/NN.conf. Each directive is emptied first, so that what the unit said before neither
 * adds to the list nor turns it round. Calls that systemd's @default allows anyway are listed all the same: older versions'
 * @default is shorter.
 */
export function systemdDropIn(profile: Profile, { action }: RenderOptions): TextRendering {
  const listed = namedRules([...profile.rules, ...profile.granted.map(({ rule }) => rule)]);
  const lines = [
    ...heading(profile, action).map(comment),
    ...listed.map((rule) => comment(`${rule.name}: ${reasonText(rule)}`)),
    '[Service]',
    'SystemCallArchitectures=',
    `SystemCallArchitectures=${architecture(profile)}`,
    `SystemCallErrorNumber=${action === 'kill' ? 'kill' : action.toUpperCase()}`,
    'SystemCallFilter=',
    ...filterLines(listed),
    ...addressFamilies(listed),
  ];
  return {
    kind: 'text',
    text: `${lines.join('\n')}\n`,
    losses: [...namelessLoss(profile), ...opened(profile, listed)],
  };
}

function comment(text: string): string {
  return `# ${text}`;
}

/** A second ABI of a machine has a name of its own; all else is what the machine's programs use. */
function architecture({ policy }: Profile): string {
  if (policy.abi === 'x32') return 'x32';
  return policy.abi === 'i386' ? 'x86' : 'native';
}

/** The first of them makes it an allow list, the others add to it (systemd.exec(5)). */
function filterLines(listed: readonly NamedRule[]): readonly string[] {
  const lines: string[] = [];
  let line = 'SystemCallFilter=';
  for (const { name } of listed) {
    const longer = line.endsWith('=') ? `${line}${name}` : `${line} ${name}`;
    if (longer.length > WIDTH) lines.push(line);
    line = longer.length > WIDTH ? `SystemCallFilter=${name}` : longer;
  }
  return listed.length === 0 ? [] : [...lines, line];
}

/** Which families a socket may have, a record without arguments does not tell; only that there is no socket at all. */
function addressFamilies(listed: readonly NamedRule[]): readonly string[] {
  const opens = listed.some(({ name }) => ['socket', 'socketpair', 'socketcall', 'io_uring_setup'].includes(name));
  return opens ? [] : ['RestrictAddressFamilies=', 'RestrictAddressFamilies=none'];
}

/** What systemd allows beyond the list. */
function opened({ policy }: Profile, listed: readonly NamedRule[]): readonly string[] {
  const abi = ABIS.find((one) => one.abi === policy.abi);
  const has = new Set(listed.map(({ name }) => name));
  const more = [...(systemdSet('@default') ?? [])].filter((name) => abi && numbersOf(abi).has(name) && !has.has(name));
  if (more.length === 0) return [];
  return [`systemd always allows @default: ${more.length} calls that are not on the list (${SYSTEMD_VERSION})`];
}
