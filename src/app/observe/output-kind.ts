import { fstatSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { OutputKind } from '../../observe/origin.ts';

/** What our standard output is, which CMD inherits. */
export function outputKind(): OutputKind {
  try {
    const stat = fstatSync(1);
    if (stat.isFIFO()) return 'pipe';
    if (stat.isFile()) return 'file';
    if (stat.isSocket()) return 'socket';
    return isatty(1) ? 'terminal' : 'device';
  } catch {
    return 'closed';
  }
}
