import { UsageError } from '../errors.ts';
import type { AbiName } from '../kernel/abi.ts';
import { SYSTEMD_VERSION, systemdSet } from '../kernel/systemd-sets.ts';
import { ABIS } from '../kernel/tables.gen.ts';
import { printable } from '../record/name.ts';
import { type Entry, type Filter, namedFilter } from './filter.ts';
import { type Assignment, unitAssignments } from './unit-file.ts';

/** Sections whose processes may be filtered (systemd.exec(5)). */
const SECTIONS = new Set(['Service', 'Socket', 'Mount', 'Swap']);

/** SystemCallFilter= and SystemCallArchitectures= of a unit file or drop-in, on a machine of that ABI. */
export function readSystemd(text: string, native: AbiName): Filter {
  const all = unitAssignments(text).filter(({ section }) => SECTIONS.has(section));
  const { mode, names, remarks } = filterOf(all.filter(({ key }) => key === 'SystemCallFilter'));
  if (mode === undefined) throw new UsageError('want SystemCallFilter= in [Service]');
  const abis = architectures(
    all.filter(({ key }) => key === 'SystemCallArchitectures'),
    native,
  );
  return namedFilter({
    entries: [...names].map(([call, verdict]): Entry => ({ call, verdict })),
    otherwise: mode === 'allow' ? 'deny' : 'allow',
    abis: abis ?? new Set(ABIS.map(({ abi }) => abi)),
    elsewhere: 'deny',
    remarks,
  });
}

interface Listed {
  /** That of the first directive; undefined where there is none (left). */
  mode: 'allow' | 'deny' | undefined;
  readonly names: Map<string, 'allow' | 'deny'>;
  readonly remarks: string[];
}

/** The first directive decides what the list is, later ones add to it or, the other way round, take from it; an empty one forgets. */
function filterOf(directives: readonly Assignment[]): Listed {
  const listed: Listed = { mode: undefined, names: new Map(), remarks: [] };
  for (const { value, line } of directives) {
    if (value === '') {
      listed.mode = undefined;
      listed.names.clear();
      continue;
    }
    const inverted = value.startsWith('~');
    if (listed.mode === undefined) {
      listed.mode = inverted ? 'deny' : 'allow';
      if (!inverted) for (const name of systemdSet('@default') ?? []) listed.names.set(name, 'allow');
    }
    for (const word of words(inverted ? value.slice(1) : value)) add(listed, word, inverted, line);
  }
  return listed;
}

function add({ mode, names, remarks }: Listed, word: string, inverted: boolean, line: number): void {
  const name = word.replace(/:.*$/s, '');
  const set = name.startsWith('@') ? systemdSet(name) : undefined;
  if (name.startsWith('@') && !set) {
    remarks.push(`line ${line}: ${printable(name)}: not a set of systemd ${SYSTEMD_VERSION}: its calls are not read`);
    return;
  }
  const listing = inverted === (mode === 'deny');
  for (const call of set ?? [name]) {
    if (listing) names.set(call, inverted ? 'deny' : 'allow');
    else names.delete(call);
  }
}

function words(value: string): readonly string[] {
  return [...value.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  );
}

/** systemd's names of the ABIs, where they differ from ours (src/shared/seccomp-util.c). */
const ABI_OF: Readonly<Record<string, AbiName>> = {
  'x86-64': 'x86_64',
  x86: 'i386',
  arm64: 'aarch64',
  'ppc64-le': 'ppc64le',
  'mips-le': 'mipsel',
  'mips64-le': 'mipsel64',
  'mips64-le-n32': 'mipsel64n32',
  'mips64-n32': 'mips64n32',
};

/** Undefined: not restricted. The machine's own ABI is always among them. */
function architectures(directives: readonly Assignment[], native: AbiName): ReadonlySet<AbiName> | undefined {
  let abis: Set<AbiName> | undefined;
  for (const { value, line } of directives) {
    if (value === '') abis = undefined;
    for (const word of words(value)) {
      const abi = word === 'native' ? native : (ABI_OF[word] ?? ABIS.find((one) => one.abi === word)?.abi);
      if (!abi) throw new UsageError(`line ${line}: SystemCallArchitectures=${printable(word)}: not an architecture`);
      abis = (abis ?? new Set([native])).add(abi);
    }
  }
  return abis;
}
