import { chmodSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { ingestSpecs } from '../../../src/app/ingest/specs.ts';
import { parseConfig } from '../../../src/config/load.ts';
import { thisBoot } from '../../../src/source/boot-id.ts';
import { temporary } from '../../store/helpers.ts';
import { auditLog, hello, syslog } from '../audit-lines.ts';
import { text } from './world.ts';

const UID = process.getuid?.() ?? 0;

/** What the one source of a configuration reads its batches as. */
function kindsOf(toml: string, name: string) {
  const world = { stdin: Readable.from([]), uid: UID, nowMs: Date.now, warn: () => undefined };
  const [spec] = ingestSpecs(parseConfig(`[[source]]\n${toml}`, 'p.toml'), world);
  if (!spec) throw new Error('no source');
  return spec.kindOf({
    name,
    batches: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error()) }) }),
  });
}

const AUDIT = text(hello().map(auditLog).join(''));
const SYSLOG = text(hello().map(syslog('vm')).join(''));

test.for([
  { toml: 'kind = "netlink"', name: 'netlink', kind: { carrier: 'netlink', trust: 'kernel', bootId: thisBoot() } },
  { toml: 'kind = "kmsg"', name: 'kmsg', kind: { carrier: 'kmsg', trust: 'kernel', bootId: thisBoot() } },
  { toml: 'kind = "journal"', name: 'journal', kind: { carrier: 'journal-json', trust: 'kernel' } },
  {
    toml: 'kind = "journal"\ntrust = "forgeable"',
    name: 'journal',
    kind: { carrier: 'journal-json', trust: 'forgeable' },
  },
  { toml: 'kind = "stdin"', name: 'stdin', kind: { carrier: 'audit-log', trust: 'forgeable' } },
  { toml: 'kind = "stdin"\ntrust = "kernel"', name: 'stdin', kind: { carrier: 'audit-log', trust: 'kernel' } },
])('$toml is read as $kind', ({ toml, name, kind }) => expect(kindsOf(toml, name)(AUDIT)).toEqual(kind));

test('by a listener they are worth what its socket is', () => {
  for (const kind of ['netlink', 'kmsg']) {
    const kinds = kindsOf(`kind = "${kind}"\nsocket = "/run/s"`, kind);
    expect(kinds({ ...AUDIT, atMost: 'kernel' })).toEqual({ carrier: kind, trust: 'kernel' });
    expect(kinds({ ...AUDIT, atMost: 'forgeable' })).toEqual({ carrier: kind, trust: 'forgeable' });
    const word = kindsOf(`kind = "${kind}"\nsocket = "/run/s"\ntrust = "file"`, kind);
    expect(word({ ...AUDIT, atMost: 'forgeable' })).toEqual({ carrier: kind, trust: 'file' });
  }
});

test('a file is read by its lines, and is worth what its owner and mode are', () => {
  const path = join(temporary(), 'some.log');
  writeFileSync(path, '', { mode: 0o600 });
  const toml = `kind = "file"\npath = "${path}"`;
  expect(kindsOf(toml, path)(AUDIT)).toEqual({ carrier: 'audit-log', trust: 'file' });
  expect(kindsOf(toml, path)(SYSLOG)).toEqual({ carrier: 'syslog', trust: 'forgeable' });
  expect(kindsOf(toml, path)(text('nothing of ours\n'))).toEqual({ carrier: 'syslog', trust: 'forgeable' });
  expect(kindsOf(`${toml}\ncarrier = "kmsg"`, path)(AUDIT)).toEqual({ carrier: 'kmsg', trust: 'file' });
});

test('what others could write stays forgeable until another file begins, also while the name leads nowhere', () => {
  const path = join(temporary(), 'audit.log');
  writeFileSync(path, '', { mode: 0o600 });
  const kinds = kindsOf(`kind = "file"\npath = "${path}"`, path);
  expect(kinds(AUDIT).trust).toBe('file');
  chmodSync(path, 0o666);
  expect(kinds(AUDIT).trust).toBe('forgeable');
  renameSync(path, `${path}.1`);
  expect(kinds(AUDIT).trust).toBe('forgeable');
  writeFileSync(path, '', { mode: 0o600 });
  expect(kinds(AUDIT).trust).toBe('forgeable');
  expect(kinds({ ...AUDIT, restart: true }).trust).toBe('file');
  const unseen = kindsOf(`kind = "file"\npath = "${path}.none"`, `${path}.none`);
  expect(unseen(AUDIT).trust).toBe('forgeable');
});
