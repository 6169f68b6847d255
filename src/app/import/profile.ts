import { createHash } from 'node:crypto';
import type { NewRun, RunTally } from '../../observe/run.ts';
import type { Observed, Rule } from '../../profile/profile.ts';
import { TRUSTS, type Trust } from '../../record/trust.ts';
import { checkSize, textOf } from '../../replay/document.ts';
import { type ProfileDocument, parseProfile } from '../../replay/profile-document.ts';
import type { Store } from '../../store/store.ts';

export interface ProfileImport {
  readonly exe: string;
  /** Name of the run that holds what the document tells. */
  readonly run: string;
  readonly calls: number;
  readonly records: number;
  readonly trust: Trust;
  /** Rules that no record speaks for: they are left out, and come again by --closure, --point or a person's word. */
  readonly unobserved: number;
  /** The same document was taken in before; nothing was stored. */
  readonly isKnown: boolean;
}

/** SECCOMP_RET_LOG: what was observed was made. */
const LOG = 0x7ffc_0000;

/**
 * Takes in what `suggest --format json` wrote, as one run that was put together from it. Nothing of it is trusted more than
 * `atMost`, nor more than the least of its own records. Throws UsageError with the path of what is wrong.
 */
export function importProfile(store: Store, bytes: Uint8Array, atMost: Trust): ProfileImport {
  checkSize(bytes);
  const document = parseProfile(textOf(bytes));
  const name = `profile-${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}`;
  const rules = [...document.rules, ...document.granted.map(({ rule }) => rule)];
  const seen = rules.flatMap(observed);
  const trust = TRUSTS.findLast((one) => one === atMost || (document.recordsBy[one] ?? 0) > 0) ?? 'forgeable';
  const isKnown = store.runs({ name }).length > 0;
  if (!isKnown) store.atomically(() => keep(store, newRun(document, name, seen), seen, trust));
  return {
    exe: document.policy.exe,
    run: name,
    calls: seen.length,
    records: seen.reduce((sum, { reason }) => sum + reason.count, 0),
    trust,
    unobserved: rules.length - seen.length,
    isKnown,
  };
}

type Seen = Pick<Rule, 'nr' | 'archToken'> & { readonly reason: Observed };

function observed({ nr, archToken, reason }: ProfileDocument['rules'][number]): readonly Seen[] {
  return reason.kind === 'observed' ? [{ nr, archToken, reason }] : [];
}

function keep(store: Store, run: NewRun, seen: readonly Seen[], trust: Trust): void {
  const runId = store.beginRun(run);
  const tallies = seen.flatMap((rule) => talliesOf(rule, runId, trust));
  store.append({ tallies, losses: [], seen: [] });
}

/** The document has one count for all programs that made a call: each gets one of it, the first the rest. */
function talliesOf({ nr, archToken, reason }: Seen, runId: number, trust: Trust): readonly RunTally[] {
  const { exes, count, firstMs, lastMs, sampleSerial, sampleIp } = reason;
  return exes.map((exe, index) => ({
    runId,
    exe,
    archToken,
    nr,
    code: LOG,
    trust,
    count: index === 0 ? Math.max(1, count - exes.length + 1) : 1,
    firstMs,
    lastMs,
    sampleSerial,
    sampleIp,
  }));
}

function newRun({ policy }: ProfileDocument, name: string, seen: readonly Seen[]): NewRun {
  return {
    kind: 'inferred',
    stage: policy.stage,
    mode: 'full',
    name,
    exe: policy.exe,
    argv: [],
    buildId: undefined,
    sha256: undefined,
    host: undefined,
    bootId: undefined,
    ses: undefined,
    pid: undefined,
    uid: undefined,
    kernel: undefined,
    libc: undefined,
    startedMs: seen.reduce((least, { reason }) => Math.min(least, reason.firstMs), Number.MAX_SAFE_INTEGER),
  };
}
