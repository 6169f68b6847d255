import { numberIn, seek, skipDigits, startsWith } from './ascii.ts';
import type { Framer, Framing, Lost } from './frame.ts';
import type { Line } from './line.ts';
import { kmsgGap, readControl } from './loss.ts';

const HASH = 0x23;
const COMMA = 0x2c;
const SEMICOLON = 0x3b;
const TYPE = Buffer.from('type=', 'latin1');
/** Prefix values below this are facility 0, the kernel's own; a process that writes /dev/kmsg cannot have it. */
const FACILITY_STEP = 8;

/**
 * `PREFIX,SEQUENCE,MICROSECONDS,FLAGS[,…];TEXT` (Documentation/ABI/testing/dev-kmsg). Sequence numbers are neighbours
 * unless messages were lost; smaller ones mean another boot.
 */
export function kmsgFramer(): Framer {
  let last: number | undefined;
  return (line, lost) => {
    const { bytes, from, end } = line;
    if (bytes[from] === HASH) return readComment(line, lost);
    const prefixEnd = skipDigits(bytes, from, end);
    const sequenceEnd = skipDigits(bytes, prefixEnd + 1, end);
    const microsEnd = skipDigits(bytes, sequenceEnd + 1, end);
    if (prefixEnd === from || bytes[prefixEnd] !== COMMA || bytes[sequenceEnd] !== COMMA || bytes[microsEnd] !== COMMA)
      return 'elsewhere';
    const semicolon = seek(bytes, microsEnd, end, SEMICOLON);
    if (semicolon === end) return 'elsewhere';
    const sequence = numberIn(bytes, prefixEnd + 1, sequenceEnd);
    if (last !== undefined && sequence > last + 1) lost(kmsgGap(line, sequence - last - 1));
    last = sequence;
    line.textFrom = semicolon + 1;
    // The kernel's audit never speaks without its own prefix here.
    const kernel = numberIn(bytes, from, prefixEnd) < FACILITY_STEP && !startsWith(bytes, semicolon + 1, end, TYPE);
    line.speaker = kernel ? 'kernel' : 'user';
    return 'framed';
  };
}

/** What audit-listen's own buffer dropped shows as a gap in the sequence too, and must not count twice. */
function readComment(line: Line, lost: Lost): Framing {
  const loss = readControl(line);
  if (loss?.reason === 'kmsg-gap') lost(loss);
  return 'comment';
}
