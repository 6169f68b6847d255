import { fileURLToPath } from 'node:url';

export type NativePart = 'libsandbox.so' | 'sandboxify' | 'audit-listen' | 'session-run' | 'file-caps' | 'notify';

/** Path of a native part: beside dist/ in an installed package, beside src/ in a checkout. */
export function nativePart(part: NativePart): string {
  return fileURLToPath(new URL(`../../native/build/${part}`, import.meta.url));
}
