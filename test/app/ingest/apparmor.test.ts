import { expect, test } from 'vitest';
import type { Store } from '../../../src/store/store.ts';
import { freshStore } from '../../store/helpers.ts';
import { HandSource, newIngest, spec, text, until } from './world.ts';

const STAMP = 'audit(1795310814.627:17): ';
const open = (name: string) =>
  `apparmor="DENIED" operation="open" profile="p" name="${name}" requested_mask="r" denied_mask="r" fsuid=0 ouid=0`;
const stored = (store: Store) =>
  store.accesses({ namespace: '', profile: 'p' }).map(({ count, trust }) => [count, trust]);

test('AppArmor’s records are stored with the cursor, once by whatever source, and several of one serial', async () => {
  const store = freshStore();
  const [netlink, log] = [new HandSource('netlink'), new HandSource('/log')];
  const ingest = newIngest(store);
  await ingest.apply([
    spec(netlink, { carrier: 'netlink', trust: 'kernel' }),
    spec(log, { carrier: 'audit-log', trust: 'file' }),
  ]);
  netlink.give(text(`type=1400 msg=${STAMP}${open('/x')}\n`, 'one'));
  await until(() => stored(store).length === 1);
  // The second of one system call comes in a batch of its own.
  netlink.give(text(`type=1400 msg=${STAMP}${open('/y')}\n`, 'two'));
  await until(() => stored(store).length === 2);
  log.give(text(`type=AVC msg=${STAMP}${open('/x')}\ntype=AVC msg=${STAMP}${open('/y')}\n`, 'same'));
  await until(() => store.sources().length === 2);
  await ingest.stop();
  expect(stored(store)).toEqual([
    [1, 'kernel'],
    [1, 'kernel'],
  ]);
  expect(store.sources()).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ source: 'daemon:netlink', records: 2, duplicates: 0 }),
      expect.objectContaining({ source: 'daemon:/log', records: 2, duplicates: 2 }),
    ]),
  );
});
