import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { detectCarrier } from '../../src/record/carrier.ts';
import type { LogRecord, SeccompRecord } from '../../src/record/record.ts';
import { isLoss, isSeccomp, read } from './reading.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/captured/', import.meta.url));
const SUFFIX = '.golden.json';
const MOST_SHOWN = 12;
/** SECCOMP_RET_LOG and SECCOMP_RET_KILL_PROCESS. */
const USUAL_CODES = new Set([0x7ffc_0000, 0x8000_0000]);

/** Every captured log, as its path below test/fixtures/captured. */
export const LOGS: readonly string[] = readdirSync(FIXTURES, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.name.endsWith(SUFFIX) && entry.name !== 'README.md')
  .map((entry) => join(entry.parentPath, entry.name).slice(FIXTURES.length))
  .sort();

export function logPath(log: string): string {
  return join(FIXTURES, log);
}

export function goldenPath(log: string): string {
  return join(FIXTURES, log + SUFFIX);
}

/** What reading a log gives, short enough to be checked by hand: counts, each distinct call, first, last and odd records. */
export function summarize(log: string): unknown {
  const bytes = readFileSync(logPath(log));
  const carrier = detectCarrier(bytes.subarray(0, 65_536));
  if (carrier === undefined) return { carrier: null };
  const { records, rejections, counters } = read(carrier, bytes);
  const seccomp = records.filter(isSeccomp);
  const odd = seccomp.filter(isOdd);
  return {
    carrier,
    counters,
    kinds: tally(records.map(kindOf)),
    otherTypes: tally(records.flatMap((record) => (record.kind === 'other' ? [`${record.type}`] : []))),
    calls: tally(seccomp.map(callOf)),
    ...accessesOf(records),
    losses: records.filter(isLoss).slice(0, MOST_SHOWN),
    first: seccomp[0] ?? null,
    last: seccomp.at(-1) ?? null,
    odd: distinct(odd, callOf).slice(0, MOST_SHOWN),
    rejected: tally(rejections.map(({ reason, field }) => `${reason} ${field ?? ''}`.trim())),
    rejections: distinct(rejections, ({ reason, field }) => `${reason} ${field}`),
  };
}

/** Every different access, where there are any. */
function accessesOf(records: readonly LogRecord[]): { readonly accesses?: Record<string, number> } {
  const accesses = records.flatMap((record) =>
    record.kind === 'apparmor' ? [`${record.verdict} ${record.profile} ${JSON.stringify(record.access)}`] : [],
  );
  return accesses.length > 0 ? { accesses: tally(accesses) } : {};
}

function kindOf(record: LogRecord): string {
  return record.kind === 'loss' ? `loss ${record.reason} ${record.trust}` : `${record.kind} ${record.trust}`;
}

function callOf({ exe, comm, archToken, nr, sig, code, trust }: SeccompRecord): string {
  return `${trust} ${exe} ${comm} ${archToken.toString(16)} ${nr} ${sig} ${code.toString(16)}`;
}

function isOdd({ exe, comm, archToken, nr, code, trust }: SeccompRecord): boolean {
  const name = exe.slice(exe.lastIndexOf('/') + 1).slice(0, 15);
  return (
    comm !== name || archToken !== 0xc000003e || nr < 0 || nr > 600 || !USUAL_CODES.has(code) || trust === 'forgeable'
  );
}

function tally(keys: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function distinct<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return [...new Map([...items].reverse().map((item) => [keyOf(item), item])).values()].reverse();
}
