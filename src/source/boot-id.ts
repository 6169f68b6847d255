import { readFileSync } from 'node:fs';

/**
 * The id of this machine's boot (Documentation/admin-guide/sysctl/kernel.rst, random), 32 hexadecimal digits as journald
 * writes it; undefined where /proc does not show it (systemd's ProcSubset=pid).
 */
export function thisBoot(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim().replaceAll('-', '');
  } catch {
    return undefined;
  }
}
