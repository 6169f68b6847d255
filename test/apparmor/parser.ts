import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What apparmor_parser says against a profile; '' where it would load. Nothing is loaded; as for a kernel that has all. */
export function complaint(profile: string): string {
  return told('apparmor_parser', ['-M', '/etc/apparmor.d/abi/3.0'], profile);
}

/** The same of AppArmor 4, Debian 13's, which knows user namespaces, io_uring, message queues and addresses. */
export function complaint4(profile: string): string {
  const folder = apparmor4();
  const libraries = join(folder, 'usr/lib/x86_64-linux-gnu');
  const loader = join(libraries, 'ld-linux-x86-64.so.2');
  const [parser, base] = [join(folder, 'usr/sbin/apparmor_parser'), join(folder, 'etc/apparmor.d')];
  const words = ['--config-file', '/dev/null', '--base', base, '-M', join(base, 'abi/4.0')];
  return told(loader, ['--library-path', libraries, parser, ...words], profile);
}

function told(program: string, words: readonly string[], profile: string): string {
  const { status, stderr, error } = spawnSync(program, [...words, '-Q', '-K'], { input: profile, encoding: 'utf8' });
  if (error) throw error;
  return status === 0 ? '' : stderr || `ended with ${status}`;
}

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/apparmor-4/', import.meta.url));
const PACKAGES = ['apparmor', 'libc6', 'libstdc++6', 'libgcc-s1'];

/** Debian 13's parser with the libraries that it needs, downloaded once and not installed. */
function apparmor4(): string {
  const folder = join(CACHE, 'files');
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(join(CACHE, 'new-'));
  try {
    download(work);
    for (const deb of readdirSync(work).filter((name) => name.endsWith('.deb')))
      execFileSync('dpkg', ['-x', join(work, deb), join(work, 'files')]);
    renameSync(join(work, 'files'), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

/** By lists of packages of its own: the system's are Debian 12's. */
function download(work: string): void {
  for (const part of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(work, part), { recursive: true });
  const keys = '/usr/share/keyrings/debian-archive-keyring.gpg';
  writeFileSync(join(work, 'sources.list'), `deb [signed-by=${keys}] http://deb.debian.org/debian trixie main\n`);
  writeFileSync(join(work, 'status'), '');
  const settings = {
    'Dir::State': work,
    'Dir::State::lists': join(work, 'lists'),
    'Dir::State::status': join(work, 'status'),
    'Dir::Cache': join(work, 'cache'),
    'Dir::Etc::sourcelist': join(work, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'APT::Sandbox::User': 'root',
  };
  const words = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  const stdio: ['ignore', 'ignore', 'pipe'] = ['ignore', 'ignore', 'pipe'];
  execFileSync('apt-get', ['-qq', ...words, 'update'], { stdio });
  execFileSync('apt-get', ['-qq', ...words, 'download', ...PACKAGES], { cwd: work, stdio });
}
