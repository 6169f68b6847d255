import { UsageError } from '../errors.ts';
import type { AbiName } from '../kernel/abi.ts';
import type { Action } from './format.ts';

/**
 * libseccomp's names of the ABIs (seccomp.h), which OCI and all that follows it use too. It calls SuperH by its little end,
 * and has no word for ARM in big-endian order.
 */
export const SCMP_ARCHES: Readonly<Record<AbiName, string | undefined>> = {
  x86_64: 'SCMP_ARCH_X86_64',
  x32: 'SCMP_ARCH_X32',
  i386: 'SCMP_ARCH_X86',
  aarch64: 'SCMP_ARCH_AARCH64',
  arm: 'SCMP_ARCH_ARM',
  armeb: undefined,
  riscv64: 'SCMP_ARCH_RISCV64',
  loongarch64: 'SCMP_ARCH_LOONGARCH64',
  ppc64le: 'SCMP_ARCH_PPC64LE',
  ppc64: 'SCMP_ARCH_PPC64',
  ppc: 'SCMP_ARCH_PPC',
  s390x: 'SCMP_ARCH_S390X',
  s390: 'SCMP_ARCH_S390',
  mips: 'SCMP_ARCH_MIPS',
  mipsel: 'SCMP_ARCH_MIPSEL',
  mips64: 'SCMP_ARCH_MIPS64',
  mipsel64: 'SCMP_ARCH_MIPSEL64',
  mips64n32: 'SCMP_ARCH_MIPS64N32',
  mipsel64n32: 'SCMP_ARCH_MIPSEL64N32',
  m68k: 'SCMP_ARCH_M68K',
  parisc: 'SCMP_ARCH_PARISC',
  sh: 'SCMP_ARCH_SHEB',
  shel: 'SCMP_ARCH_SH',
};

/** Throws UsageError where libseccomp has no word for it. */
export function scmpArch(abi: AbiName): string {
  const arch = SCMP_ARCHES[abi];
  if (arch === undefined) throw new UsageError(`libseccomp has no name for the ABI ${abi}: no such format can be made`);
  return arch;
}

/** The error number of an action on an ABI (asm/errno.h: MIPS and PA-RISC have ENOSYS of their own); undefined for `kill`. */
export function errnoFor(action: Action, abi: AbiName): number | undefined {
  if (action === 'kill') return undefined;
  if (action === 'eperm') return 1;
  if (abi.startsWith('mips')) return 89;
  return abi === 'parisc' ? 251 : 38;
}
