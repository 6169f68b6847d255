import { COLON, isDigit, SPACE, seek, skipDigits, startsWith } from './ascii.ts';
import { WordReader } from './byte-cache.ts';
import type { Framer } from './frame.ts';
import type { Line } from './line.ts';
import { printable } from './name.ts';

const NODE = Buffer.from('node=', 'latin1');
const TYPE = Buffer.from('type=', 'latin1');

/** `[FILE:[LINE:]][node=HOST ]type=… msg=audit(…): …`, as auditd writes it and grep may have found it. */
export function auditLogFramer(): Framer {
  const hosts = new WordReader(64, printable);
  return (line) => {
    const { bytes, from, end } = line;
    line.host = undefined;
    if (startsWith(bytes, from, end, TYPE)) {
      line.textFrom = from;
      return 'framed';
    }
    line.textFrom = afterGrepPrefix(line);
    readNode(line, hosts);
    return startsWith(bytes, line.textFrom, end, TYPE) ? 'framed' : 'elsewhere';
  };
}

/** Steps over `node=HOST `, which auditd puts before a record where name_format tells it to. */
export function readNode(line: Line, hosts: WordReader<string>): void {
  const { bytes, textFrom, end } = line;
  if (!startsWith(bytes, textFrom, end, NODE)) return;
  const space = seek(bytes, textFrom, end, SPACE);
  line.host = hosts.read(bytes, textFrom + NODE.length, space);
  line.textFrom = Math.min(space + 1, end);
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
