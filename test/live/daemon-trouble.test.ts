import { execFileSync } from 'node:child_process';
import { appendFileSync, closeSync, mkdirSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { auditLog, T0 } from '../app/audit-lines.ts';
import { record } from '../observe/records.ts';
import { profiler, scratch } from './cli.ts';
import { ask, configure, counted, fileSource, type Running, startDaemon, until } from './daemon.ts';

let folder: ReturnType<typeof scratch>;
let running: Running[] = [];
const mounts: string[] = [];
beforeEach(() => {
  folder = scratch();
});
afterEach(async () => {
  for (const one of running) if (one.child.exitCode === null && one.child.signalCode === null) await one.end('SIGKILL');
  running = [];
  for (const mount of mounts.splice(0)) execFileSync('umount', ['-l', mount]);
  folder.remove();
});

function start(config: string): Running {
  const one = startDaemon(config);
  running.push(one);
  return one;
}

/** A file system of its own for the database; the log stays outside. */
function mounted(options: string): string {
  const mount = join(folder.path, 'mounted');
  mkdirSync(mount);
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', mount]);
  mounts.push(mount);
  return mount;
}

/** Each record is of a process and program of its own, so that the database grows. */
const lines = (from: number, count: number) =>
  Array.from({ length: count }, (_, at) => {
    const serial = from + at;
    return auditLog(record([T0 + serial, serial], { pid: 1000 + serial, exe: `/opt/${'x'.repeat(200)}/${serial}` }));
  }).join('');

test('a disk that is full stores nothing by halves, is told once, and everything once there is room', async () => {
  const mount = mounted('size=1200k');
  const log = join(folder.path, 'audit.log');
  writeFileSync(log, lines(0, 50), { mode: 0o600 });
  const daemon = start(configure(mount, fileSource(log)));
  await until(() => counted(mount) === 50);
  writeFileSync(join(mount, 'ballast'), Buffer.alloc(600 * 1024));
  appendFileSync(log, lines(50, 2500));
  const told = await daemon.said(/the disk is full|reading or writing failed/);
  expect(told).toMatchObject({ level: 'error', msg: expect.stringMatching(/p\.db: .*the source is held/) });
  await sleep(500);
  expect(daemon.lines.filter(({ msg }) => msg === told.msg)).toHaveLength(1);
  const stored = counted(mount);
  expect(stored).toBeLessThan(2550);
  // The cursor stands where the counts stand.
  const [{ records } = { records: -1 }] = ask<{ records: number }>(mount, 'SELECT records FROM source');
  expect(records).toBe(stored);

  // It ends in time, and another start goes on, for which room is made.
  const asked = Date.now();
  expect((await daemon.end()).signal).toBe('SIGTERM');
  expect(Date.now() - asked).toBeLessThan(2200);
  execFileSync('mount', ['-o', 'remount,size=64m', mount]);
  const again = start(configure(mount, fileSource(log)));
  await until(() => counted(mount) === 2550);
  await again.end();
  expect(ask(mount, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
});

test('with room made while it runs, it goes on by itself', async () => {
  const mount = mounted('size=1200k');
  const log = join(folder.path, 'audit.log');
  writeFileSync(log, lines(0, 50), { mode: 0o600 });
  const daemon = start(configure(mount, fileSource(log)));
  await until(() => counted(mount) === 50);
  writeFileSync(join(mount, 'ballast'), Buffer.alloc(700 * 1024));
  appendFileSync(log, lines(50, 2500));
  await daemon.said(/the source is held/);
  rmSync(join(mount, 'ballast'));
  execFileSync('mount', ['-o', 'remount,size=64m', mount]);
  expect(await daemon.said(/takes records again: nothing is lost/)).toMatchObject({ level: 'info' });
  await until(() => counted(mount) === 2550);
});

test('a database that another process holds: held, told, and nothing lost after', async () => {
  const log = join(folder.path, 'audit.log');
  writeFileSync(log, lines(0, 5), { mode: 0o600 });
  const daemon = start(configure(folder.path, fileSource(log)));
  await until(() => counted(folder.path) === 5);
  const other = new Database(join(folder.path, 'p.db'));
  other.exec('BEGIN IMMEDIATE');
  appendFileSync(log, lines(5, 20));
  expect(await daemon.said(/another program holds it locked/)).toMatchObject({ source: `daemon:${log}` });
  appendFileSync(log, lines(25, 20));
  await sleep(300);
  expect(counted(folder.path)).toBe(5);
  other.exec('COMMIT');
  other.close();
  await until(() => counted(folder.path) === 45);
  const told = await daemon.said(/takes records again/);
  expect(told['afterMs']).toBeGreaterThan(250);
});

test('a directory that is read-only is refused by name', async () => {
  const mount = mounted('size=1m,mode=755');
  execFileSync('mount', ['-o', 'remount,ro', mount]);
  writeFileSync(join(folder.path, 'profiler.toml'), `database = "${mount}/p.db"\n${fileSource('/nowhere')}`);
  const refused = await profiler(['daemon', '--config', join(folder.path, 'profiler.toml')]);
  expect(refused.code).toBe(3);
  expect(refused.stderr).toMatch(
    /^profiler: .*mounted\/p\.db: lies on a read-only file system: name another file by --db\n$/,
  );
});

test('a damaged page ends the daemon with its cause; with the copy restored nothing is lost', async () => {
  const log = join(folder.path, 'audit.log');
  const database = join(folder.path, 'p.db');
  writeFileSync(log, lines(0, 2000), { mode: 0o600 });
  const config = configure(folder.path, fileSource(log));
  const first = start(config);
  await until(() => counted(folder.path) === 2000);
  await first.end();
  const copy = join(folder.path, 'copy.db');
  execFileSync('cp', [database, copy]);
  damage(database);
  appendFileSync(log, lines(2000, 500));
  const second = start(config);
  expect((await second.gone).code).toBe(3);
  expect(second.lines.find(({ level }) => level === 'fatal')?.msg ?? second.words.join()).toMatch(
    /p\.db: is damaged: restore a copy, or remove it and import again \(SQLITE_CORRUPT/,
  );
  for (const more of ['', '-wal', '-shm']) rmSync(`${database}${more}`, { force: true });
  execFileSync('cp', [copy, database]);
  const third = start(config);
  await until(() => counted(folder.path) === 2500);
  await third.end();
});

/** Every page but those of the schema. */
function damage(database: string): void {
  const { size } = statSync(database);
  const file = openSync(database, 'r+');
  for (let at = 4096 * 24; at < size; at += 4096) writeSync(file, Buffer.alloc(64, 0xff), 0, 64, at);
  closeSync(file);
}
