import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { UsageError } from '../errors.ts';

/**
 * Node decodes arguments as UTF-8 and puts U+FFFD for what is none: such a word would reach a program or a file name
 * changed. Throws UsageError for it. The kernel's own copy of the words is read only where that sign is seen.
 */
export function refuseChangedWords(words: readonly string[]): void {
  if (!words.some((word) => word.includes('\ufffd'))) return;
  const raw = splitAtNul(readFileSync('/proc/self/cmdline')).slice(-words.length);
  const changed = raw.findIndex((word) => !isUtf8(word));
  if (changed >= 0) throw new UsageError(`word ${changed + 1} is not valid UTF-8, and would reach its program changed`);
}

function splitAtNul(bytes: Buffer): Buffer[] {
  const words: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0, at);
    words.push(bytes.subarray(at, end));
    at = end + 1;
  }
  return words;
}
