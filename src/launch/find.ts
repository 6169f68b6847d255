import { accessSync, constants, statSync } from 'node:fs';
import { errnoOf, RefusedError } from '../errors.ts';

/** What execvp looks through where PATH is unset (confstr _CS_PATH). */
const DEFAULT_PATH = '/bin:/usr/bin';

/**
 * The file that execvp would run. A name without a slash is looked up in PATH, where an empty part is the working directory.
 * Refused as env(1) does: 127 where there is none, 126 where there is one that may not be run.
 */
export function findProgram(name: string, env: Readonly<Record<string, string | undefined>>): string {
  let denied: string | undefined;
  for (const candidate of candidatesOf(name, env['PATH'] ?? DEFAULT_PATH)) {
    const verdict = tryFile(candidate);
    if (verdict === 'runs') return candidate;
    if (verdict === 'denied') denied ??= candidate;
  }
  if (denied !== undefined) throw new RefusedError(`${denied}: not an executable file`, { exitCode: 126 });
  const where = name.includes('/') ? '' : ' (not in PATH)';
  throw new RefusedError(`${name || "''"}: no such program${where}`, { exitCode: 127 });
}

function candidatesOf(name: string, searchPath: string): string[] {
  if (name === '') return [];
  if (name.includes('/')) return [name];
  return searchPath.split(':').map((folder) => `${folder || '.'}/${name}`);
}

function tryFile(path: string): 'runs' | 'denied' | 'missing' {
  try {
    if (!statSync(path).isFile()) return 'denied';
    accessSync(path, constants.X_OK);
    return 'runs';
  } catch (error) {
    const code = errnoOf(error);
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : 'denied';
  }
}
