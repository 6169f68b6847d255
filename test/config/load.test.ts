import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadConfig, parseConfig } from '../../src/config/load.ts';
import { UsageError } from '../../src/errors.ts';
import { temporary } from '../store/helpers.ts';

const EXAMPLE = fileURLToPath(new URL('../../config/profiler.toml', import.meta.url));
const SERVICE = fileURLToPath(new URL('../../systemd/profiler.toml', import.meta.url));
const ONE = '[[source]]\nkind = "netlink"\n';
const JOURNAL = '[[source]]\nkind = "journal"\n';

test('the documented example is loaded as it is', () => {
  expect(loadConfig(EXAMPLE)).toEqual({
    database: '/var/lib/profiler/profiler.db',
    log: { level: 'info' },
    batch: { records: 4096, wait_ms: 20 },
    metrics: {},
    source: [
      { kind: 'netlink' },
      { kind: 'file', path: '/var/log/audit/audit.log', carrier: 'audit-log', since: '7d' },
      { kind: 'file', path: '/var/log/kern.log', carrier: 'syslog' },
    ],
  });
});

test('the example tells of every key', () => {
  const text = readFileSync(EXAMPLE, 'utf8');
  const keys = [
    'database',
    'host',
    'level',
    'records',
    'wait_ms',
    'kind',
    'path',
    'carrier',
    'trust',
    'since',
    'socket',
    'listen',
  ];
  for (const key of keys) expect(text).toContain(key);
  for (const kind of ['netlink', 'kmsg', 'journal', 'file', 'stdin']) expect(text).toContain(`"${kind}"`);
});

test('the service reads the kernel by its listener', () => {
  const { source } = loadConfig(SERVICE);
  expect(source.slice(0, 2)).toEqual(
    ['netlink', 'kmsg'].map((kind) => ({ kind, socket: '/run/profiler-listen/socket' })),
  );
});

test('what is left out has its default', () => {
  expect(parseConfig(ONE, 'p.toml')).toEqual({
    log: { level: 'info' },
    batch: { records: 4096, wait_ms: 20 },
    metrics: {},
    source: [{ kind: 'netlink' }],
  });
});

test.for([
  {
    text: '[[source]]\nkind = "file"\npath = "/a"\ncarrier = "auditd"',
    says: /^p\.toml: source\[0\]\.carrier: want "netlink", "kmsg", "dmesg", "syslog", "audit-log", "journal-json" or "journal-export"$/,
  },
  {
    text: `${ONE}[[source]]\nkind = "fil"`,
    says: /^p\.toml: source\[1\]\.kind: want "file", "journal", "netlink", "kmsg" or "stdin"$/,
  },
  {
    text: '[[source]]\nkind = "file"\npath = "/a"\ncarier = "syslog"',
    says: /^p\.toml: source\[0\]\.carier: unknown key$/,
  },
  { text: `databse = "/a"\n${ONE}`, says: /^p\.toml: databse: unknown key$/ },
  { text: `database = "var/db"\n${ONE}`, says: /^p\.toml: database: want a path from the root: "\/…"$/ },
  { text: `database = 3\n${ONE}`, says: /^p\.toml: database: want text in quotes$/ },
  { text: '[[source]]\nkind = "file"', says: /^p\.toml: source\[0\]\.path: want text in quotes$/ },
  {
    text: '[[source]]\nkind = "file"\npath = "/a"\nsince = "yesterday"',
    says: /source\[0\]\.since: want a time like "12h"/,
  },
  { text: `[batch]\nrecords = 0\n${ONE}`, says: /^p\.toml: batch\.records: want at least 1$/ },
  { text: `[batch]\nwait_ms = 1.5\n${ONE}`, says: /^p\.toml: batch\.wait_ms: want a whole number$/ },
  { text: `[batch]\nwait_ms = 9999\n${ONE}`, says: /^p\.toml: batch\.wait_ms: want at most 1000$/ },
  {
    text: `[log]\nlevel = "loud"\n${ONE}`,
    says: /^p\.toml: log\.level: want "trace", "debug", "info", "warn", "error" or "fatal"$/,
  },
  { text: '', says: /^p\.toml: source: want a table in double brackets: \[\[source\]\]$/ },
  { text: 'source = []', says: /^p\.toml: source: want at least 1 \[\[source\]\]$/ },
  ...[
    '0.0.0.0:9464',
    '10.0.0.1:9464',
    'localhost:9464',
    '127.0.0.1',
    '127.0.0.1:0',
    '127.0.0.1:65536',
    '127.1:80',
    '127.0.0.999:80',
    '[::]:80',
    '::1:80',
    ':80',
  ].map((listen) => ({
    text: `[metrics]\nlisten = "${listen}"\n${ONE}`,
    says: /^p\.toml: metrics\.listen: want an address that only this machine reaches: "127\.0\.0\.1:PORT" or "\[::1\]:PORT"$/,
  })),
  { text: `[metrics]\nsocket = "m.sock"\n${ONE}`, says: /^p\.toml: metrics\.socket: want a path from the root/ },
  { text: `[metrics]\nsocket = "/${'x'.repeat(100)}"\n${ONE}`, says: /metrics\.socket: want at most 100 bytes$/ },
  { text: `[metrics]\nport = 1\n${ONE}`, says: /^p\.toml: metrics\.port: unknown key$/ },
  { text: `${ONE}${ONE}`, says: /^p\.toml: source: netlink stands twice, want each source once$/ },
  {
    text: `${JOURNAL}directory = "/j"\n${JOURNAL}directory = "/j"\n`,
    says: /source: journal \/j stands twice, want each source once$/,
  },
  { text: '[[source]\n', says: /^p\.toml:1:\d+: / },
  { text: `a = 1\nb = 2\n${ONE}`, says: /^p\.toml: a: unknown key \(and 1 more: p\.toml: b: unknown key\)$/ },
  { text: `"\\u001b[31m" = 1\n${ONE}`, says: /^p\.toml: \\x1b\[31m: unknown key$/ },
])('refuses $text', ({ text, says }) => {
  expect(() => parseConfig(text, 'p.toml')).toThrow(says);
  expect(() => parseConfig(text, 'p.toml')).toThrow(UsageError);
});

test('the machine’s journal and that of a directory are two', () => {
  const two = `${JOURNAL}${JOURNAL}directory = "/srv/journal"\n`;
  expect(parseConfig(two, 'p.toml').source).toHaveLength(2);
});

test('a file that is not there, or is none, is told by its path', () => {
  const folder = temporary();
  mkdirSync(join(folder, 'directory.toml'));
  writeFileSync(join(folder, 'good.toml'), ONE);
  expect(loadConfig(join(folder, 'good.toml')).source).toHaveLength(1);
  expect(() => loadConfig(join(folder, 'none.toml'))).toThrow(
    /\/none\.toml: there is no such file: copy config\/profiler\.toml/,
  );
  expect(() => loadConfig(join(folder, 'directory.toml'))).toThrow(/\/directory\.toml: is a directory, want a file$/);
});
