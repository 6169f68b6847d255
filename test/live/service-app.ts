import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** What an installed package has, and who may not look into this checkout still may there. */
const PARTS = ['dist', 'native/build', 'migrations', 'config', 'systemd', 'package.json'];

/**
 * Shell that makes the built profiler an installed one in the mount namespace it runs in: APP is the package, BIN (a folder
 * in PATH) gets `profiler`, `audit-listen` and this Node. `$1` and `$2` are the two, which must be there, `$3` the name that
 * APP will have.
 */
export const APP_SHELL = `set -eu
APP=$1 BIN=$2 NAME=$3
mount -t tmpfs -o mode=755 tmpfs "$APP"
mount -t tmpfs -o mode=755 tmpfs "$BIN"
mkdir -p "$APP/native"
for part in ${PARTS.join(' ')} node_modules; do
	from='${ROOT}'$part
	case $part in node_modules) from='${realpathSync(join(ROOT, 'node_modules'))}' ;; esac
	if [ -d "$from" ]; then mkdir "$APP/$part"; else : > "$APP/$part"; fi
	mount --bind "$from" "$APP/$part"
done
: > "$BIN/node"
mount --bind '${process.execPath}' "$BIN/node"
ln -s "$NAME/dist/cli/bin.js" "$BIN/profiler"
ln -s "$NAME/native/build/audit-listen" "$BIN/audit-listen"
`;

/** The journal of `$4` is the machine's. */
const JOURNAL_SHELL = `mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/log/journal
mount --bind "$4" /run/log/journal
`;

export interface App {
  readonly path: string;
  readonly bin: string;
  /** WORDS, with the profiler installed for them alone, in the process that is started. */
  readonly within: (words: readonly string[]) => readonly string[];
  /** The variables that find it. */
  readonly env: NodeJS.ProcessEnv;
}

/** The built profiler as every user may run it, in FOLDER (which every user may look into); FOLDER/journal is the machine's. */
export function appIn(folder: string): App {
  const [path, bin, journal] = ['app', 'bin', 'journal'].map((name) => join(folder, name)) as [string, string, string];
  for (const one of [path, bin, journal]) mkdirSync(one, { recursive: true });
  const script = `${APP_SHELL}${JOURNAL_SHELL}shift 4; exec "$@"`;
  return {
    path,
    bin,
    within: (words) => ['unshare', '--mount', 'sh', '-c', script, 'sh', path, bin, path, journal, ...words],
    env: { PATH: `${bin}:/usr/sbin:/usr/bin:/sbin:/bin`, LANG: 'C.UTF-8' },
  };
}
