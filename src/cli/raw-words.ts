import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { UsageError } from '../errors.ts';

/** What Node puts for bytes that are not UTF-8; the kernel's own copy is read only where it is seen. */
const REPLACED = '\ufffd';

/**
 * Node decodes arguments as UTF-8: a word that is none would reach a program or a file name changed. Throws UsageError
 * for it.
 */
export function refuseChangedWords(words: readonly string[]): void {
  if (!words.some((word) => word.includes(REPLACED))) return;
  const raw = splitAtNul(readFileSync('/proc/self/cmdline')).slice(-words.length);
  const changed = raw.findIndex((word) => !isUtf8(word));
  if (changed >= 0) throw new UsageError(`word ${changed + 1} is not valid UTF-8, and would reach its program changed`);
}

/** Names of the environment's variables that Node cannot hand to a program as they are, for the same reason. */
export function changedVariables(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  if (!Object.entries(env).some((entry) => entry.join('=').includes(REPLACED))) return [];
  return splitAtNul(readFileSync('/proc/self/environ'))
    .filter((entry) => !isUtf8(entry))
    .map((entry) => entry.toString().replace(/=.*$/s, ''));
}

function splitAtNul(bytes: Buffer): Buffer[] {
  const words: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0, at);
    words.push(bytes.subarray(at, end < 0 ? undefined : end));
    at = end < 0 ? bytes.length : end + 1;
  }
  return words;
}
