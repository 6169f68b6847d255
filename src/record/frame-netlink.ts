import type { Framer } from './frame.ts';
import { readControl } from './loss.ts';

const HASH = 0x23;

/** `type=N [word=N …]msg=audit(…): …`, one line a record: audit-listen's output, whose own words begin with `#`. */
export function netlinkFramer(): Framer {
  return (line, lost) => {
    if (line.bytes[line.from] !== HASH) return 'framed';
    const loss = readControl(line);
    if (loss) lost(loss);
    return 'comment';
  };
}
