import { lstatSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '../errors.ts';
import { type FileTrust, fileTrust } from './file-trust.ts';

const STICKY = 0o1000;

/**
 * Who listens at a socket is who could put it there. Where that is root alone (or `uid`, who reads), it hands over what the
 * kernel said; where others may write to the directory, or to one above it, anybody may speak.
 */
export function socketTrust(path: string, uid: number): FileTrust {
  try {
    const directory = realpathSync(dirname(path));
    for (let at = directory; ; at = dirname(at)) {
      const stat = lstatSync(at);
      // In /tmp and the like only the owner of a name may take it away.
      const shared = at !== directory && (stat.mode & STICKY) !== 0;
      const { doubt } = fileTrust(shared ? { uid: stat.uid, mode: stat.mode & ~0o022 } : stat, uid);
      if (doubt !== undefined) return { atMost: 'forgeable', doubt: `${at}: ${doubt}` };
      if (at === '/') return { atMost: 'kernel', doubt: undefined };
    }
  } catch (error) {
    return { atMost: 'forgeable', doubt: messageOf(error) };
  }
}
