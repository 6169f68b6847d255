import { SYSTEMD_VERSION, systemdSet } from '../../kernel/systemd-sets.ts';

/** What allows the calls of SYSTEMD_DEFAULT, and since when it is known to. */
export const SYSTEMD_ALLOWS = `systemd @default (${SYSTEMD_VERSION})`;

/**
 * The set @default: SystemCallFilter= always adds it to an allow list (src/shared/seccomp-util.c). Versions before about v247
 * lack some (brk, mmap, mprotect, munmap, getrandom): a drop-in for any version names what it needs of them.
 */
export const SYSTEMD_DEFAULT: ReadonlySet<string> = systemdSet('@default') ?? new Set();
