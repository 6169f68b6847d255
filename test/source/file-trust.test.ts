import { chmodSync, chownSync, lchownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { pathTrust } from '../../src/source/file-trust.ts';
import { temporary } from '../store/helpers.ts';

const UID = process.getuid?.() ?? 0;
const NOBODY = 65_534;

/** `outer/inner/audit.log`, all of it root's. */
let outer: string;
let inner: string;
let log: string;
beforeEach(() => {
  outer = join(temporary(), 'outer');
  inner = join(outer, 'inner');
  log = join(inner, 'audit.log');
  mkdirSync(inner, { recursive: true, mode: 0o755 });
  writeFileSync(log, '');
});

test.for<readonly [what: string, make: () => void, doubt: RegExp | undefined]>([
  ['nobody else may write on the way', () => undefined, undefined],
  ['its directory is a group’s', () => chmodSync(inner, 0o775), /others may write its directory .*inner \(mode 775\)$/],
  ['its directory is everybody’s', () => chmodSync(inner, 0o777), /others may write its directory/],
  ['its directory is sticky', () => chmodSync(inner, 0o1777), undefined],
  ['its directory is another’s', () => chownSync(inner, NOBODY, 0), /inner belongs to another user \(uid 65534\)$/],
  ['a directory above is a group’s, as Ubuntu’s /var/log', () => chmodSync(outer, 0o775), undefined],
  ['a directory above is everybody’s', () => chmodSync(outer, 0o777), /others may write its directory .*outer \(/],
  ['a directory above is another’s', () => chownSync(outer, NOBODY, 0), /outer belongs to another user/],
])('%s', ([, make, doubt]) => {
  make();
  const trust = pathTrust(log, UID);
  expect(trust.doubt ?? '').toMatch(doubt ?? /^$/);
  expect(trust.atMost).toBe(doubt ? 'forgeable' : 'file');
});

test('links are followed as the kernel follows them, and each is as safe as its owner and its directory', () => {
  const folder = temporary();
  const link = join(folder, 'link.log');
  symlinkSync('../unknown/../never', join(folder, 'dead'));
  expect(pathTrust(join(folder, 'dead'), UID).doubt).toMatch(/cannot be looked at/);
  symlinkSync(log, link);
  expect(pathTrust(link, UID).doubt).toBeUndefined();
  chmodSync(inner, 0o777);
  expect(pathTrust(link, UID).doubt).toMatch(/others may write its directory .*inner/);
  chmodSync(inner, 0o755);
  lchownSync(link, NOBODY, NOBODY);
  expect(pathTrust(link, UID).doubt).toMatch(/the link .*link\.log belongs to another user/);
  symlinkSync(`./${'../'.repeat(20)}${inner}`, join(folder, 'way'));
  expect(pathTrust(join(folder, 'way', 'audit.log'), UID).doubt).toBeUndefined();
  symlinkSync('round', join(folder, 'round'));
  expect(pathTrust(join(folder, 'round'), UID).doubt).toMatch(/too many links/);
});

test('where the way is not there, nothing is trusted; where only the file has been renamed, its directories tell', () => {
  expect(pathTrust(join(inner, 'gone', 'audit.log'), UID).doubt).toMatch(/cannot be looked at/);
  expect(pathTrust(join(inner, 'audit.log.1'), UID).doubt).toBeUndefined();
});
