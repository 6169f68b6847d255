/** auditd's enriched log puts this between the kernel's text and the names that it adds (audit-userspace enriched.c). */
export const ENRICHED = 0x1d;
/** Longer than any tail that auditd adds to the records that we read; bounds the search in hostile lines. */
const TAIL_BYTES = 512;
/** The added names where a paste lost the separator or shows it as `^]`. */
const ADDED = /(?:\^\])?(?:[A-Z][A-Z-]*=(?:"[^"]*"|[^\s"]\S*|)(?: |$))+$/;
const BLANKS = /[ \t\r]+$/;

/** Where the kernel's own text in bytes[from, end) ends: before blanks and what auditd added, which is often wrong and never trusted. */
export function kernelTextEnd(bytes: Buffer, from: number, end: number): number {
  const separator = bytes.subarray(from, end).indexOf(ENRICHED);
  if (separator >= 0) return from + separator;
  const tailFrom = Math.max(from, end - TAIL_BYTES);
  const tail = bytes.toString('latin1', tailFrom, end).replace(BLANKS, '');
  return tailFrom + tail.replace(ADDED, '').replace(BLANKS, '').length;
}
