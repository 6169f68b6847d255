import { chmodSync, existsSync, lstatSync, renameSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { RefusedError } from '../../errors.ts';

/** Owner and group may connect. */
const MODE = 0o660;

/**
 * Listens at a socket file, and gives what removes it again. One that a killed daemon left is replaced; what is no socket,
 * another user's, or answers, stays: a RefusedError. The file appears under its name when its mode is right.
 */
export async function claimSocket(server: Server, path: string): Promise<() => void> {
  // Node tells EACCES where the directory is missing.
  if (!existsSync(dirname(path))) throw new RefusedError(`${dirname(path)}: there is no such directory`);
  await requireFree(path);
  const beside = `${path}.new`;
  await requireFree(beside);
  rmSync(beside, { force: true });
  await listen(server, beside);
  try {
    chmodSync(beside, MODE);
    const { dev, ino } = lstatSync(beside);
    renameSync(beside, path);
    return () => {
      const now = lstatSync(path, { throwIfNoEntry: false });
      if (now?.dev === dev && now.ino === ino) rmSync(path, { force: true });
    };
  } catch (error) {
    server.close();
    rmSync(beside, { force: true });
    throw error;
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Nothing is there, or a socket of this user's that nobody answers at. */
async function requireFree(path: string): Promise<void> {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) return;
  if (!stats.isSocket()) throw new RefusedError(`${path}: is no socket, want another path or no file there`);
  if (stats.uid !== process.geteuid?.()) throw new RefusedError(`${path}: belongs to another user (uid ${stats.uid})`);
  if (await answers(path)) throw new RefusedError(`${path}: another process listens there`);
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    const done = (answered: boolean) => {
      probe.destroy();
      resolve(answered);
    };
    probe.on('connect', () => done(true));
    // A full queue is somebody's too.
    probe.on('error', (error) => done('code' in error && error.code !== 'ECONNREFUSED'));
  });
}
