import { COLON, isDigit, SPACE, seek, skipDigits, startsWith } from './ascii.ts';
import { ByteCache } from './byte-cache.ts';
import type { Framer } from './frame.ts';
import type { Line } from './line.ts';
import { printable } from './name.ts';

const NODE = Buffer.from('node=', 'latin1');
const TYPE = Buffer.from('type=', 'latin1');

/** `[FILE:[LINE:]][node=HOST ]type=… msg=audit(…): …`, as auditd writes it and grep may have found it. */
export function auditLogFramer(): Framer {
  const hosts = new ByteCache(printable);
  return (line) => {
    const { bytes, from, end } = line;
    line.host = undefined;
    if (startsWith(bytes, from, end, TYPE)) {
      line.textFrom = from;
      return 'framed';
    }
    let at = afterGrepPrefix(line);
    if (startsWith(bytes, at, end, NODE)) {
      const space = seek(bytes, at, end, SPACE);
      line.host = hosts.read(bytes, at + NODE.length, space);
      at = space + 1;
    }
    line.textFrom = at;
    return startsWith(bytes, at, end, TYPE) ? 'framed' : 'elsewhere';
  };
}

function afterGrepPrefix({ bytes, from, end }: Line): number {
  let at = from;
  while (at < end && isPathByte(bytes[at] ?? 0)) at++;
  if (at === from || bytes[at] !== COLON) return from;
  const digits = skipDigits(bytes, at + 1, end);
  return isDigit(bytes[at + 1]) && bytes[digits] === COLON ? digits + 1 : at + 1;
}

/** Letters, digits and `+-./@_`: what log files are called. */
function isPathByte(byte: number): boolean {
  return (
    (byte >= 0x2d && byte <= 0x39) ||
    (byte >= 0x40 && byte <= 0x5a) ||
    byte === 0x5f ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2b
  );
}
