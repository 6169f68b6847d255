import { printable } from './name.ts';
import type { Rejection, RejectionReason } from './record.ts';

const SAMPLE_BYTES = 160;

/** The rejection of the line in bytes[from, end), with its beginning as a sample. */
export function reject(
  reason: RejectionReason,
  field: string | undefined,
  bytes: Buffer,
  from: number,
  end: number,
): Rejection {
  const sample = printable(bytes.subarray(from, Math.min(end, from + SAMPLE_BYTES)));
  return { kind: 'rejected', reason, field, sample };
}
