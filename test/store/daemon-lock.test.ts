import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { lockForDaemon } from '../../src/store/daemon-lock.ts';
import { openStore } from '../../src/store/open.ts';
import { temporary } from './helpers.ts';

const LOCK = fileURLToPath(new URL('../../src/store/daemon-lock.ts', import.meta.url));
const HOLD = `import { lockForDaemon } from '${LOCK}';
try { lockForDaemon(process.argv[1], { pid: process.pid, sinceMs: 1795310000000 }); console.log('held'); setInterval(() => {}, 1000); }
catch (error) { console.log(error.message); }`;
const words = (database: string) => ['--import', 'tsx', '--input-type=module', '-e', HOLD, database];

test('the second is refused by the name of the first, also by another path; a first that was killed holds nothing', async () => {
  const folder = temporary();
  const database = join(folder, 'p.db');
  openStore(database).close();
  symlinkSync(database, join(folder, 'link.db'));
  const first = spawn(process.execPath, words(database), { stdio: ['ignore', 'pipe', 'inherit'] });
  expect(String((await once(first.stdout, 'data'))[0])).toBe('held\n');
  const refused = new RegExp(
    `another profiler daemon stores there already \\(pid ${first.pid}, since 2026-11-22T01:13:20.000Z\\): stop it first`,
  );
  const self = { pid: process.pid, sinceMs: 5 };
  for (const name of ['p.db', 'link.db']) expect(() => lockForDaemon(join(folder, name), self)).toThrow(refused);
  expect(spawnSync(process.execPath, words(database), { encoding: 'utf8' }).stdout).toMatch(refused);
  // Others than daemons are not kept out.
  openStore(database).close();
  first.kill('SIGKILL');
  await once(first, 'exit');
  const release = lockForDaemon(database, self);
  expect(() => lockForDaemon(database, { pid: 1, sinceMs: 6 })).toThrow(
    /already \(pid \d+, since 1970-01-01T00:00:00.005Z\)/,
  );
  release();
  lockForDaemon(database, self)();
});
