import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { scratch } from './cli.ts';
import { type App, appIn } from './service-app.ts';
import { activate } from './service-listen.ts';
import { filterOf } from './service-unit.ts';
import { type Outcome, serviceLife } from './service-workload.ts';

/** The unit's own list, by sandboxify: systemd would add some calls to it by itself (@default of systemd.exec(5)). */
const unit = (name: string) => readFileSync(fileURLToPath(new URL(`../../systemd/${name}`, import.meta.url)), 'utf8');
const FILTER = filterOf(unit('profiler.service'));
const LISTEN_FILTER = filterOf(unit('profiler-listen.service'));
const NOBODY = '--reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all'.split(' ');

let folder: ReturnType<typeof scratch>;
beforeEach(() => {
  folder = scratch();
  chmodSync(folder.path, 0o755);
});
afterEach(() => folder.remove());

/** A life in a folder of its own; without a list: under no filter. */
function life(name: string, list?: readonly string[]): Promise<Outcome> {
  const place = join(folder.path, name);
  mkdirSync(place);
  const app = appIn(place);
  const filter = (of: readonly string[]) =>
    list && { SECCOMP_SYSCALL_ALLOW: of.join(':'), SECCOMP_DEFAULT_ACTION: 'kill', SECCOMP_QUIET: '1' };
  const under = (words: string[]) => app.within(['setpriv', ...NOBODY, ...(list ? [sandboxify(app)] : []), ...words]);
  return serviceLife(place, {
    listen: {
      words: app.within(activate(place, ...(list ? [sandboxify(app)] : []))),
      env: { ...app.env, ...filter(LISTEN_FILTER) },
    },
    daemon: under(['profiler', 'daemon']),
    kill: under(['kill']),
    env: { ...app.env, ...filter(list ?? []) },
  });
}

const sandboxify = ({ path }: App) => join(path, 'native/build/sandboxify');

test('daemon and listener live under their SystemCallFilter as they do without one', async () => {
  const free = await life('free');
  expect(free).toMatchObject({
    carriers: ['kmsg', 'netlink'],
    listener: 0,
    files: { 'audit.log': 20_118, 'more.log': 11 },
    journals: [1, 2].map(() => ({ carrier: 'journal-json', rejected: 0 })),
    gone: 'SIGTERM',
    told: ['READY', 'RELOADING', 'STOPPING', 'WATCHDOG', 'bound'],
  });
  const confined = await life('confined', FILTER);
  expect(confined).toEqual(free);
});

test('a list that lacks a call is in force: it kills', async () => {
  const without = FILTER.filter((call) => call !== 'inotify_add_watch');
  expect(without).toHaveLength(FILTER.length - 1);
  await expect(life('killed', without)).rejects.toThrow(/^the service \(SIGSYS\) has not come to /);
});
