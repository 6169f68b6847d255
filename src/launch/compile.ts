import { execFileSync } from 'node:child_process';
import { messageOf, RefusedError } from '../errors.ts';
import { nativePart } from './native.ts';

/** The raw program of an allow list that kills, by sandboxify, for this machine's own ABI (render/format.ts: RenderOptions). */
export function compileBpf(allow: readonly string[]): Uint8Array {
  const env = { SECCOMP_SYSCALL_ALLOW: allow.join(':'), SECCOMP_DEFAULT_ACTION: 'kill', SECCOMP_QUIET: '1' };
  try {
    return execFileSync(nativePart('sandboxify'), ['--dump=bpf'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    throw new RefusedError(`sandboxify: the program cannot be compiled: ${messageOf(error)}`, { cause: error });
  }
}
