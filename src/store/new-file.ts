import { chmodSync, closeSync, fsyncSync, linkSync, openSync, renameSync } from 'node:fs';
import path from 'node:path';
import { errnoOf, messageOf, RefusedError } from '../errors.ts';

/** Makes the file (mode 0600) that is to become `target` when it is whole. */
export function createPart(part: string, target: string): void {
  try {
    closeSync(openSync(part, 'wx', 0o600));
    chmodSync(part, 0o600);
  } catch (error) {
    throw new RefusedError(`${target}: ${messageOf(error)}`, { cause: error });
  }
}

/** Gives the whole file its name. A link, unlike a renaming, does not take the place of a file that came meanwhile. */
export function place(part: string, target: string, force: boolean): void {
  sync(part);
  try {
    if (force) renameSync(part, target);
    else linkSync(part, target);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') throw taken(target);
    throw new RefusedError(`${target}: ${messageOf(error)}`, { cause: error });
  }
  sync(path.dirname(path.resolve(target)));
}

function sync(file: string): void {
  const fd = openSync(file, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

export function taken(target: string): RefusedError {
  return new RefusedError(`${target}: is there already: name another file, or replace it by --force`);
}
