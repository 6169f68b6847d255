import { z } from 'zod';
import { UsageError } from '../errors.ts';
import type { AbiName } from '../kernel/abi.ts';
import { SCMP_ARCHES } from '../render/architecture.ts';
import { checked, parseJson } from './document.ts';
import { type Filter, namedFilter } from './filter.ts';
import { ACTION, entriesOf, SYSCALL, verdictOf } from './seccomp-entries.ts';

const SECCOMP = z.object({
  defaultAction: ACTION,
  architectures: z.array(z.string()).nullish(),
  archMap: z.array(z.object({ architecture: z.string(), subArchitectures: z.array(z.string()).nullish() })).nullish(),
  syscalls: z.array(SYSCALL).nullish(),
});

/** Docker's (Go's) names of the machines that its profiles tell apart. */
const MACHINES: Readonly<Partial<Record<AbiName, string>>> = {
  x86_64: 'amd64',
  x32: 'x32',
  i386: 'x86',
  aarch64: 'arm64',
  arm: 'arm',
  riscv64: 'riscv64',
  loongarch64: 'loong64',
  ppc64le: 'ppc64le',
  s390x: 's390x',
  s390: 's390',
  mips: 'mips',
  mipsel: 'mipsel',
  mips64: 'mips64',
  mipsel64: 'mipsel64',
};

/** A runtime-spec `linux.seccomp`, a whole config.json with one in it, or Docker's flavour of it, on a machine of that ABI. */
export function readOci(text: string, native: AbiName): Filter {
  return seccompFilter(...seccompOf(parseJson(text)), native);
}

/** `value` is such an object; `within` its place in the document. */
export function seccompFilter(value: unknown, within: string, native: AbiName): Filter {
  const seccomp = checked(SECCOMP, value, within);
  return namedFilter({
    entries: entriesOf(seccomp.syscalls ?? [], MACHINES[native]),
    otherwise: verdictOf(seccomp.defaultAction),
    abis: abisOf(seccomp, native),
    // libseccomp: SCMP_FLTATR_ACT_BADARCH is a kill.
    elsewhere: 'deny',
  });
}

function seccompOf(document: unknown): [value: unknown, within: string] {
  const config = z.object({ linux: z.object({ seccomp: z.unknown() }) }).safeParse(document);
  if (!config.success) return [document, ''];
  if (config.data.linux.seccomp === undefined) throw new UsageError('linux.seccomp: is not there: nothing is filtered');
  return [config.data.linux.seccomp, 'linux.seccomp'];
}

/** libseccomp begins with the machine's own; Docker adds what archMap has beside that. */
function abisOf({ architectures, archMap }: z.output<typeof SECCOMP>, native: AbiName): ReadonlySet<AbiName> {
  const mapped = archMap?.find(({ architecture }) => architecture === SCMP_ARCHES[native]);
  const listed = new Set([...(architectures ?? []), ...(mapped?.subArchitectures ?? [])]);
  const abis = Object.entries(SCMP_ARCHES) as [AbiName, string | undefined][];
  return new Set([native, ...abis.flatMap(([abi, arch]) => (arch !== undefined && listed.has(arch) ? [abi] : []))]);
}
