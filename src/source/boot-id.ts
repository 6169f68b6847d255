import { readFileSync } from 'node:fs';

/** The id of this machine's boot (Documentation/admin-guide/sysctl/kernel.rst, random), 32 hexadecimal digits as journald writes it. */
export function thisBoot(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim().replaceAll('-', '');
}
