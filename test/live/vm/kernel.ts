import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/vm-kernel/', import.meta.url));
/** Depends on the newest of Debian's kernels for virtual machines. */
const META = 'linux-image-cloud-amd64';

/**
 * The files of Debian's kernel for virtual machines (boot/, lib/modules/), which apt-get downloads once for each version; it
 * is not installed. Throws where it cannot be had.
 */
export function debianKernel(): string {
  if (process.arch !== 'x64') throw new Error(`virtual machines are x86_64 machines here, and this is ${process.arch}`);
  try {
    return unpacked();
  } catch {
    // The lists of packages may be old, or not there.
    return updated();
  }
}

function updated(): string {
  try {
    apt(['update']);
    return unpacked();
  } catch (cause) {
    throw new Error(`apt-get cannot bring ${META}, the kernel of virtual machines: ${String(cause)}`, { cause });
  }
}

function unpacked(): string {
  const { name, version } = newest();
  const folder = join(CACHE, `${name}_${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(join(CACHE, 'new-'));
  try {
    apt(['download', `${name}=${version}`], work);
    const [file = ''] = readdirSync(work);
    execFileSync('dpkg', ['-x', join(work, file), join(work, 'files')]);
    renameSync(join(work, 'files'), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

function newest(): { readonly name: string; readonly version: string } {
  const about = execFileSync('apt-cache', ['--no-all-versions', 'show', META], { encoding: 'utf8' });
  const [, name, version] = /^Depends: (linux-image-\S+) \(= (\S+)\)/m.exec(about) ?? [];
  if (!name || !version) throw new Error(`${META} depends on no kernel: ${about}`);
  return { name, version };
}

/** As root: the user _apt may not write to the folder. */
function apt(words: readonly string[], cwd?: string): void {
  execFileSync('apt-get', ['-qq', '-o', 'APT::Sandbox::User=root', ...words], {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}
