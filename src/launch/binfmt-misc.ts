import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A rule by which the kernel gives a file to an interpreter before it looks at ELF or #! (binfmt_misc, admin-guide). */
export interface MiscRule {
  readonly name: string;
  readonly interpreter: string;
  /** Does a file of this name and these first bytes fall to it? */
  readonly takes: (file: string, head: Buffer) => boolean;
}

const MOUNT = '/proc/sys/fs/binfmt_misc';

/** The rules that are on; none where binfmt_misc is not mounted or switched off. */
export function miscRules(folder = MOUNT): MiscRule[] {
  try {
    if (readFileSync(path.join(folder, 'status'), 'utf8').trim() !== 'enabled') return [];
    const names = readdirSync(folder).filter((name) => name !== 'status' && name !== 'register');
    return names.flatMap((name) => readRule(name, readFileSync(path.join(folder, name), 'latin1')) ?? []);
  } catch {
    return [];
  }
}

function readRule(name: string, text: string): MiscRule | undefined {
  const field = (word: string): string | undefined => new RegExp(`^${word}:? ?(.*)$`, 'm').exec(text)?.[1];
  const interpreter = field('interpreter');
  if (!text.startsWith('enabled') || interpreter === undefined) return undefined;
  const extension = field('extension');
  if (extension !== undefined) return { name, interpreter, takes: (file) => file.endsWith(extension) };
  const magic = Buffer.from(field('magic') ?? '', 'hex');
  const mask = Buffer.from(field('mask') ?? '', 'hex');
  const offset = Number(field('offset') ?? 0);
  const matches = (head: Buffer): boolean =>
    head.length >= offset + magic.length &&
    magic.every((byte, index) => (((head[offset + index] ?? 0) ^ byte) & (mask[index] ?? 0xff)) === 0);
  return magic.length === 0 ? undefined : { name, interpreter, takes: (_, head) => matches(head) };
}
