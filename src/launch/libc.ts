import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** The loader of a dynamic program and the C library that comes with it. */
export interface Loader {
  readonly path: string;
  /**
   * By the loader's name, where it is root's and nobody else may write it: a program can bring a loader of its own, and
   * that decides whether LD_PRELOAD counts. `other`: not known.
   */
  readonly libc: 'glibc' | 'musl' | 'other';
  readonly version: string | undefined;
}

/** What PT_INTERP tells of the libc; its version is read from the loader's own words, without running it. */
export function inspectLoader(interpreter: string): Loader {
  const libc = isSystems(interpreter) ? libcOf(path.basename(interpreter)) : 'other';
  return { path: interpreter, libc, version: libc === 'other' ? undefined : versionIn(interpreter, VERSIONS[libc]) };
}

function isSystems(interpreter: string): boolean {
  const stat = statSync(interpreter, { throwIfNoEntry: false });
  return path.isAbsolute(interpreter) && stat?.uid === 0 && (stat.mode & 0o022) === 0;
}

function libcOf(loader: string): Loader['libc'] {
  if (/^ld-musl-.*\.so\.1$/.test(loader)) return 'musl';
  return /^ld(-linux.*|64|-[0-9.]+)?\.so(\.[0-9]+)?$/.test(loader) ? 'glibc' : 'other';
}

/** `ld.so (Debian GLIBC 2.36-9) stable release version 2.36.`; musl keeps the bare number of __libc_version. */
const VERSIONS = {
  glibc: /(?:ld\.so|GNU C Library) \([^)\0]*\) (?:stable|development) release version ([0-9.]*[0-9])/,
  musl: /\0([0-9]+\.[0-9]+\.[0-9]+)(?:-git[^\0]*)?\0/,
};

function versionIn(file: string, pattern: RegExp): string | undefined {
  try {
    return pattern.exec(readFileSync(file, 'latin1'))?.[1];
  } catch {
    return undefined;
  }
}
