import { COLON, isDigit, numberIn, SPACE, seek, startsWith } from './ascii.ts';
import type { Framer } from './frame.ts';
import { afterPrintkTime, afterPriority } from './frame-printk.ts';
import type { Speaker } from './line.ts';

const FACILITY_STEP = 8;
const KERNEL = Buffer.from('kern ', 'latin1');
const KERNEL_TIGHT = Buffer.from('kern:', 'latin1');

/**
 * dmesg(1): `[TIME] TEXT`, with `<5>` before it (-r), `kern  :notice: ` (-x), or an ISO time instead of the bracket. Most
 * forms drop the facility, so that what root wrote into /dev/kmsg looks like the kernel's; where it shows, it counts.
 */
export function dmesgFramer(): Framer {
  return (line) => {
    const { bytes, from, end } = line;
    const priorityEnd = afterPriority(bytes, from, end);
    const facilityEnd = afterFacility(bytes, priorityEnd, end);
    const stampEnd = afterPrintkTime(bytes, facilityEnd, end);
    line.speaker = speakerOf(bytes, from, priorityEnd, facilityEnd);
    line.textFrom = stampEnd > facilityEnd ? stampEnd : afterIsoTime(bytes, facilityEnd, end);
    return 'framed';
  };
}

function speakerOf(bytes: Buffer, from: number, priorityEnd: number, facilityEnd: number): Speaker {
  if (priorityEnd > from && numberIn(bytes, from + 1, priorityEnd - 1) >= FACILITY_STEP) return 'user';
  if (facilityEnd === priorityEnd) return 'kernel';
  const kernel =
    startsWith(bytes, priorityEnd, facilityEnd, KERNEL) || startsWith(bytes, priorityEnd, facilityEnd, KERNEL_TIGHT);
  return kernel ? 'kernel' : 'user';
}

/** Steps over `kern  :notice: ` (util-linux dmesg.c: "%-6s:%-6s: "); `at` where none stands. */
function afterFacility(bytes: Buffer, at: number, end: number): number {
  const first = afterWordAndColon(bytes, at, end);
  const second = first === at ? at : afterWordAndColon(bytes, first, end);
  return second > first && bytes[second] === SPACE ? second + 1 : at;
}

function afterWordAndColon(bytes: Buffer, at: number, end: number): number {
  let next = at;
  while (next < end && isLower(bytes[next] ?? 0)) next++;
  if (next === at) return at;
  while (next < end && bytes[next] === SPACE) next++;
  return bytes[next] === COLON ? next + 1 : at;
}

function isLower(byte: number): boolean {
  return byte >= 0x61 && byte <= 0x7a;
}

/** Steps over `2026-11-22T01:28:27,123456+00:00 `; `at` where none stands. */
function afterIsoTime(bytes: Buffer, at: number, end: number): number {
  if (!isDigit(bytes[at]) || bytes[at + 4] !== 0x2d || bytes[at + 10] !== 0x54) return at;
  const space = seek(bytes, at, end, SPACE);
  return space === end ? at : space + 1;
}
