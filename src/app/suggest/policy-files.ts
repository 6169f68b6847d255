import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PolicyFiles } from '../../apparmor/statements.ts';
import { errnoOf, messageOf, RefusedError } from '../../errors.ts';

/** Where AppArmor's parser looks for includes (apparmor_parser(8), --base). */
const FOLDER = '/etc/apparmor.d';
const PARTS = ['abstractions', 'tunables'];

/** The abstractions and variables that are installed. Throws a RefusedError where they cannot be read. */
export function policyFiles(folder = FOLDER): PolicyFiles {
  const files = new Map<string, string>();
  try {
    for (const part of PARTS) {
      for (const entry of readdirSync(join(folder, part), { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const path = join(entry.parentPath, entry.name);
        files.set(path.slice(folder.length + 1), readFileSync(path, 'latin1'));
      }
    }
  } catch (error) {
    const hint = errnoOf(error) === 'ENOENT' ? 'is AppArmor installed (Debian: apparmor)?' : messageOf(error);
    throw new RefusedError(`--abstractions: ${folder} cannot be read: ${hint}`, { cause: error });
  }
  return files;
}
