import type { AbiName } from '../kernel/abi.ts';

/** Node's names (process.arch) of the machines that it is built for. */
const ABI_OF_ARCH: Readonly<Record<string, AbiName>> = {
  x64: 'x86_64',
  ia32: 'i386',
  arm64: 'aarch64',
  arm: 'arm',
  riscv64: 'riscv64',
  loong64: 'loongarch64',
  ppc64: 'ppc64le',
  s390x: 's390x',
  mips: 'mips',
  mipsel: 'mipsel',
};

/** The ABI that this machine's own programs use; undefined on a machine that the table does not know. */
export function nativeAbi(): AbiName | undefined {
  return ABI_OF_ARCH[process.arch];
}
