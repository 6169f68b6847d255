import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Who stands for the services' users: no group, no capability. */
export const NOBODY = 65534;
/** Stands for systemd: it hands over what profiler-listen.socket opens. */
export const ACTIVATE = fileURLToPath(new URL('programs/activate.py', import.meta.url));

export interface Command {
  readonly words: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

export const listenSocket = (folder: string): string => join(folder, 'listen/socket');

/** Root's words that start the listener as NOBODY, by itself: it hears no other; `under` stands before it. */
export const activate = (folder: string, ...under: readonly string[]): readonly string[] => [
  'python3',
  ACTIVATE,
  listenSocket(folder),
  String(NOBODY),
  '--deaf',
  ...under,
  'audit-listen',
  '--serve',
];

/** The configuration of a daemon that reads by it. */
export const heldSources = (folder: string): string =>
  ['netlink', 'kmsg'].map((kind) => `[[source]]\nkind = "${kind}"\nsocket = "${listenSocket(folder)}"\n`).join('');
