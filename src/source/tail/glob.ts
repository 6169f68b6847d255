import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const MAGIC = /[*?[{]/;
/** So deep goes `**`, and so many files are followed at most: a glob that matches more is a mistake. */
const DEPTH = 16;
const FILES = 1024;

export interface Matched {
  readonly files: readonly string[];
  /** Where new ones could appear. */
  readonly directories: readonly string[];
  /** There are more than are followed. */
  readonly more: boolean;
}

export function isGlob(pattern: string): boolean {
  return MAGIC.test(pattern);
}

/**
 * The files of an absolute pattern with `*`, `?`, `[a-z]`, `[!a-z]`, `{a,b}` and `**` (directories, any number). As in a
 * shell, no wildcard matches a leading dot. Directories that may not be read count as empty.
 */
export async function matches(pattern: string): Promise<Matched> {
  const found = { files: new Set<string>(), directories: new Set<string>() };
  for (const each of alternatives(pattern)) await walk('/', each.split('/').filter(Boolean), found, DEPTH);
  const files = [...found.files].sort();
  return { files: files.slice(0, FILES), directories: [...found.directories], more: files.length > FILES };
}

interface Finding {
  readonly files: Set<string>;
  readonly directories: Set<string>;
}

async function walk(at: string, [part, ...rest]: readonly string[], found: Finding, depth: number): Promise<void> {
  if (part === undefined || found.files.size > FILES) return;
  if (part === '**') return walkDeep(at, rest, found, depth);
  for (const name of await namesLike(at, part, found)) {
    const path = join(at, name);
    const kind = await stat(path).catch(() => undefined);
    if (rest.length === 0 && kind?.isFile()) found.files.add(path);
    else if (rest.length > 0 && kind?.isDirectory()) await walk(path, rest, found, depth);
  }
}

async function walkDeep(at: string, rest: readonly string[], found: Finding, depth: number): Promise<void> {
  await walk(at, rest.length > 0 ? rest : ['*'], found, depth);
  if (depth === 0) return;
  found.directories.add(at);
  for (const entry of await readdir(at, { withFileTypes: true }).catch(() => [])) {
    // Links to directories are not followed: they may lead in circles.
    if (entry.isDirectory() && !entry.name.startsWith('.'))
      await walkDeep(join(at, entry.name), rest, found, depth - 1);
  }
}

async function namesLike(directory: string, part: string, found: Finding): Promise<readonly string[]> {
  if (!isGlob(part)) return [part];
  found.directories.add(directory);
  const like = segmentPattern(part);
  const names = await readdir(directory).catch(() => []);
  return names.filter((name) => like.test(name) && (part.startsWith('.') || !name.startsWith('.')));
}

/** One name's pattern as a regular expression. */
export function segmentPattern(part: string): RegExp {
  const source = part.replaceAll(/\[[!^]?[^\]/]+\]|[*?]|[$()+.[\\\]^{|}]/g, (token) => {
    if (token === '*') return '[^/]*';
    if (token === '?') return '[^/]';
    if (token.length === 1) return `\\${token}`;
    const inner = token.slice(1, -1).replaceAll(/[\\^[]/g, String.raw`\$&`);
    return `[${inner.replace(/^(?:!|\\\^)/, '^')}]`;
  });
  return new RegExp(`^${source}$`, 's');
}

/** `{a,b}` spelt out, nested ones too. */
export function alternatives(pattern: string): string[] {
  const open = /\{([^{}]*)\}/.exec(pattern);
  if (!open || !open[1]?.includes(',')) return [pattern];
  const before = pattern.slice(0, open.index);
  const after = pattern.slice(open.index + open[0].length);
  return [...new Set(open[1].split(',').flatMap((choice) => alternatives(before + choice + after)))];
}
