import { readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { hostKey } from '../../../src/observe/host-key.ts';
import { isMarker } from '../../../src/observe/marker.ts';
import { detectCarrier } from '../../../src/record/carrier.ts';
import { RecordReader } from '../../../src/record/reader.ts';
import { atLeast, TRUSTS, type Trust } from '../../../src/record/trust.ts';
import { openStore } from '../../../src/store/open.ts';
import { temporary } from '../../store/helpers.ts';
import { profiler } from '../context.ts';

const CAPTURED = fileURLToPath(new URL('../../fixtures/captured/', import.meta.url));
const logs = readdirSync(CAPTURED, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !/\.golden\.json$|\.md$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name))
  .sort((a, b) => a.localeCompare(b));

/** Records that a log holds, each event once at a trust and below: counted with a set, one by one. */
function oracle(path: string): Record<Trust, number> {
  const bytes = readFileSync(path);
  const seen = new Set<string>();
  const counts = { kernel: 0, file: 0, forgeable: 0 };
  const carrier = detectCarrier(bytes);
  if (!carrier) throw new Error(`${path}: no carrier`);
  const reader = new RecordReader(
    { carrier, trust: 'file' },
    {
      rejected: () => undefined,
      record: (one) => {
        if (one.kind !== 'seccomp' || isMarker(one)) return;
        const event = `${hostKey(one.host, hostname())} ${one.stamp.atMs} ${one.stamp.serial}`;
        if (TRUSTS.some((trust) => atLeast(trust, one.trust) && seen.has(`${event} ${trust}`))) return;
        seen.add(`${event} ${one.trust}`);
        counts[one.trust]++;
      },
    },
  );
  reader.push(bytes);
  reader.end();
  return counts;
}

test('there are captured logs of every carrier', () => {
  const carriers = new Set(logs.map((log) => detectCarrier(readFileSync(log))));
  expect([...carriers].filter((carrier) => carrier !== undefined).sort((a, b) => a.localeCompare(b))).toEqual([
    'audit-log',
    'dmesg',
    'journal-export',
    'journal-json',
    'kmsg',
    'netlink',
    'syslog',
  ]);
});

test.for(logs.map((log) => ({ log, name: log.slice(CAPTURED.length) })))(
  '$name counts each event once',
  async ({ log }) => {
    const db = join(temporary(), `${basename(log)}.db`);
    if (!detectCarrier(readFileSync(log))) {
      expect((await profiler(['import', '--db', db, log])).stderr).toMatch(/looks like no log of a known kind/);
      return;
    }
    const words = ['import', '--db', db, '--trust', 'file', '--json', log];
    const [first, second] = [await profiler(words), await profiler(words)].map(({ stdout, outcome }) => {
      expect(outcome).toBe(0);
      return (JSON.parse(stdout) as { sources: { added: Record<Trust, number>; duplicates: number }[] }).sources[0];
    });
    const wanted = oracle(log);
    expect(first?.added).toEqual(wanted);
    expect(second?.added).toEqual({ kernel: 0, file: 0, forgeable: 0 });
    const store = openStore(db, { readonly: true });
    const stored = store.runs({}).reduce((sum, run) => sum + run.records, 0);
    store.close();
    expect(stored).toBe(wanted.kernel + wanted.file + wanted.forgeable);
  },
);
