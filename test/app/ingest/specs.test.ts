import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { ingestSpecs } from '../../../src/app/ingest/specs.ts';
import { parseConfig } from '../../../src/config/load.ts';
import { thisBoot } from '../../../src/source/boot-id.ts';
import { auditLog, hello, syslog } from '../audit-lines.ts';
import { text } from './world.ts';

const UID = process.getuid?.() ?? 0;

/** What the one source of a configuration reads its batches as. */
function kindsOf(toml: string, name: string, told: string[] = []) {
  const warn = (source: string, line: string) => void told.push(`${source}: ${line}`);
  const world = { stdin: Readable.from([]), uid: UID, nowMs: Date.now, warn };
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
    expect(kinds({ ...AUDIT, worth: { atMost: 'kernel', doubt: undefined } })).toEqual({
      carrier: kind,
      trust: 'kernel',
      bootId: thisBoot(),
    });
    expect(kinds({ ...AUDIT, worth: { atMost: 'forgeable', doubt: 'x' } })).toEqual({
      carrier: kind,
      trust: 'forgeable',
      bootId: thisBoot(),
    });
    const word = kindsOf(`kind = "${kind}"\nsocket = "/run/s"\ntrust = "file"`, kind);
    expect(word({ ...AUDIT, worth: { atMost: 'forgeable', doubt: 'x' } })).toEqual({
      carrier: kind,
      trust: 'file',
      bootId: thisBoot(),
    });
  }
});

const FINE = { worth: { atMost: 'file', doubt: undefined } } as const;
const DOUBT = { worth: { atMost: 'forgeable', doubt: 'others may write it (mode 666)' } } as const;

test('a file is read by its lines, and is worth what its source says of the file that was opened', () => {
  const toml = 'kind = "file"\npath = "/some.log"';
  const kind = (more: string, batch: Parameters<ReturnType<typeof kindsOf>>[0]) =>
    kindsOf(`${toml}${more}`, '/some.log')(batch);
  expect(kind('', { ...AUDIT, ...FINE })).toEqual({ carrier: 'audit-log', trust: 'file' });
  expect(kind('', { ...AUDIT, ...DOUBT })).toEqual({ carrier: 'audit-log', trust: 'forgeable' });
  expect(kind('', AUDIT)).toEqual({ carrier: 'audit-log', trust: 'forgeable' });
  expect(kind('', { ...SYSLOG, ...FINE })).toEqual({ carrier: 'syslog', trust: 'forgeable' });
  expect(kind('', { ...text('nothing of ours\n'), ...FINE })).toEqual({ carrier: 'syslog', trust: 'forgeable' });
  expect(kind('\ncarrier = "kmsg"', { ...AUDIT, ...FINE })).toEqual({ carrier: 'kmsg', trust: 'file' });
  expect(kind('\ntrust = "file"', { ...AUDIT, ...DOUBT })).toEqual({ carrier: 'audit-log', trust: 'file' });
});

test('why a file is worth less is told once, where it makes a difference', () => {
  const told: string[] = [];
  const kinds = kindsOf('kind = "file"\npath = "/audit.log"', '/audit.log', told);
  for (const batch of [FINE, DOUBT, DOUBT, FINE, DOUBT]) kinds({ ...AUDIT, ...batch });
  const line = '/audit.log: others may write it (mode 666): its records count as forgeable';
  expect(told).toEqual([line, line]);
  kindsOf('kind = "file"\npath = "/a"\ncarrier = "syslog"', '/a', told)({ ...SYSLOG, ...DOUBT });
  expect(told).toHaveLength(2);
});
