import { realpathSync } from 'node:fs';
import path from 'node:path';
import { printable } from '../record/name.ts';

/**
 * The ways in which the database may hold the program that a person typed, as printable text. A word is a word; a path is
 * meant from here, and what it links to is the same program. Text that was copied from our own output (`\xNN`) is taken
 * as it stands.
 */
export function programNames(typed: string): readonly string[] {
  if (!typed.includes('/')) return unique([typed, printable(typed)]);
  const resolved = path.resolve(typed);
  return unique([resolved, printable(resolved), ...linked(resolved)]);
}

function linked(resolved: string): string[] {
  try {
    return [printable(realpathSync(resolved))];
  } catch {
    return [];
  }
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
