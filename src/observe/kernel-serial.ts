import type { LogRecord } from '../record/record.ts';

/** linux/audit.h: AUDIT_FIRST_DAEMON to AUDIT_LAST_DAEMON. */
const FIRST_DAEMON = 1200;
const LAST_DAEMON = 1299;

/** False for auditd's own records (DAEMON_START): it numbers them by itself, from a random number below 10000 on (auditd.c). */
export function hasKernelSerial(record: Exclude<LogRecord, { readonly kind: 'loss' }>): boolean {
  if (record.kind !== 'other') return true;
  const { type } = record;
  return typeof type === 'number' ? type < FIRST_DAEMON || type > LAST_DAEMON : !type.startsWith('DAEMON_');
}
