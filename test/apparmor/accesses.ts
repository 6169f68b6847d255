import { type PolicySuggestion, policyFor, type Wish } from '../../src/apparmor/policy.ts';
import type { AccessCount, Sighting } from '../../src/observe/sighting.ts';
import { sightingOf } from '../../src/observe/sighting.ts';
import type { Access } from '../../src/record/access.ts';
import { rulesText } from '../../src/render/apparmor.ts';
import { read } from '../record/reading.ts';

export const WISH: Wish = {
  profile: 'p',
  trust: 'file',
  scope: 'whole',
  transition: 'ix',
  glob: false,
  addresses: false,
  abstractions: [],
};

/** One event of profile p. */
export function count(access: AccessCount['access'], change: Partial<AccessCount> = {}): AccessCount {
  const times = { count: 1, firstMs: 1000, lastMs: 2000, sampleSerial: 7 };
  return { host: 'vm', namespace: '', profile: 'p', verdict: 'ALLOWED', trust: 'kernel', access, ...times, ...change };
}

export function file(path: string, mask: string, change: Partial<Access & { kind: 'file' }> = {}): Access {
  return { kind: 'file', path, owner: 'other', requested: mask, denied: mask, ...change };
}

export function suggest(accesses: readonly AccessCount[], wish: Partial<Wish> = {}): PolicySuggestion {
  return policyFor(accesses, { ...WISH, ...wish });
}

/** The rules, a line each. */
export function rules(accesses: readonly (AccessCount | Access)[], wish: Partial<Wish> = {}): string[] {
  const all = accesses.map((one) => ('access' in one ? one : count(one)));
  return rulesText(suggest(all, wish), false).split('\n').slice(0, -1);
}

/** What a log holds, an event each. */
export function sightings(carrier: 'kmsg' | 'audit-log', bytes: Buffer | string): Sighting[] {
  return read(carrier, bytes).records.flatMap((record) =>
    record.kind === 'apparmor' ? [sightingOf(record, 'vm')] : [],
  );
}

export function counts(all: readonly Sighting[]): AccessCount[] {
  return all.map(({ atMs, serial, ...one }) => ({
    ...one,
    count: 1,
    firstMs: atMs,
    lastMs: atMs,
    sampleSerial: serial,
  }));
}
