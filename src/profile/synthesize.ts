import { abiByName, abiOf, syscallName } from '../kernel/abi.ts';
import type { ArgumentTally } from '../observe/argument.ts';
import type { Run, RunTally } from '../observe/run.ts';
import type { Loss } from '../observe/tally.ts';
import { atLeast, type Trust } from '../record/trust.ts';
import { argumentsSeen } from './arguments-seen.ts';
import { checklist } from './checklist.ts';
import { judge, type RunOutcome } from './confidence.ts';
import { isSameExe } from './exe.ts';
import { isListable } from './listable.ts';
import type { Denied, Policy, Profile, Rule, RunSummary, Unlisted } from './profile.ts';
import { summarize } from './run-summary.ts';
import { seenIn } from './seen-in.ts';

/** SECCOMP_RET_LOG (uapi/linux/seccomp.h): the call was logged and made. Only that widens a list. */
const LOG = 0x7ffc_0000;

/**
 * Makes a profile of what was seen: the shortest list that allows every call which these runs were logged making, with
 * the evidence for each, and what was left out and why. The order of runs and tallies does not matter.
 */
export function synthesize(
  runs: readonly Run[],
  tallies: readonly RunTally[],
  losses: readonly Loss[],
  policy: Policy,
  args: readonly ArgumentTally[] = [],
): Profile {
  const byRun = groupBy(tallies, (tally) => tally.runId);
  const known = new Set(runs.filter((run) => run.mode === 'known').map((run) => run.id));
  const all = runs.flatMap((run) => byRun.get(run.id) ?? []).filter((tally) => isSubject(tally, policy));
  const isTrusted = ({ trust }: Made) => atLeast(trust, policy.trust);
  const [trusted, untrusted] = split(all, isTrusted);
  const [logged, denied] = split(trusted, (tally) => tally.code === LOG);
  const [native, foreign] = split(logged, (tally) => abiOf(tally.archToken, tally.nr)?.abi === policy.abi);
  const [listable, unlistable] = split(native, ({ nr }) => isListable(abiByName(policy.abi), nr));
  const counts = (tally: Made) => policy.children || (isOwn(tally, policy) && !known.has(tally.runId));
  const [counted, leftOut] = split(listable, counts);
  const full = counted.filter((tally) => !known.has(tally.runId));
  const by = (trust: Trust) => sum(full.filter((tally) => tally.trust === trust));
  const summaries = runs.map((run) => summarize(run, byRun.get(run.id) ?? [])).sort((a, b) => b.id - a.id);
  const argued = groupBy(
    args.filter((one) => one.code === LOG && isTrusted(one) && isSubject(one, policy) && counts(one)),
    callKey,
  );
  const rules = byCall(counted).map((call) => ruleOf(call, runs, known, policy, argued));
  return {
    schema: 2,
    policy,
    runs: summaries,
    records: sum(full),
    recordsBy: { kernel: by('kernel'), file: by('file'), forgeable: by('forgeable') },
    rules,
    granted: [],
    refused: [],
    offered: [],
    translation: undefined,
    checklist: checklist({ runs, calls: new Set(rules.flatMap((rule) => rule.name ?? [])) }),
    confidence: judge(outcomes(summaries, runs, full), losses.length > 0 || summaries.some((run) => run.incomplete)),
    foreign: byCall(foreign).map(unlisted),
    unlistable: byCall(unlistable).map(unlisted),
    denied: deniedOf(denied),
    untrusted: missingFrom(
      rules,
      untrusted.filter((tally) => tally.code === LOG),
    ),
    untrustedRecords: sum(untrusted),
    leftOut: missingFrom(rules, leftOut),
    losses,
    lost: losses.some((loss) => loss.count === undefined)
      ? undefined
      : losses.reduce((total, loss) => total + (loss.count ?? 0), 0),
  };
}

/** Of whom a tally tells, of calls or of their arguments. */
type Made = Pick<RunTally, 'runId' | 'exe' | 'trust'>;

function callKey({ archToken, nr }: Pick<RunTally, 'archToken' | 'nr'>): string {
  return `${archToken} ${nr}`;
}

/** What each run that is known to be whole tells of the next, oldest first. */
function outcomes(summaries: readonly RunSummary[], runs: readonly Run[], full: readonly RunTally[]): RunOutcome[] {
  const calls = groupBy(full, (tally) => tally.runId);
  const newCalls = new Map(runs.map((run) => [run.id, run.end?.newCalls ?? 0]));
  const whole = summaries.filter((run) => run.incomplete === undefined && run.lost === 0);
  return whole
    .toSorted((a, b) => a.startedMs - b.startedMs || a.id - b.id)
    .map(({ id, mode }) =>
      mode === 'known'
        ? { kind: 'known', broughtNew: (newCalls.get(id) ?? 0) > 0 }
        : { kind: 'full', calls: new Set((calls.get(id) ?? []).map(callKey)) },
    );
}

function sum(tallies: readonly RunTally[]): number {
  return tallies.reduce((total, tally) => total + tally.count, 0);
}

function split<Item>(items: readonly Item[], test: (item: Item) => boolean): [yes: Item[], no: Item[]] {
  const yes: Item[] = [];
  const no: Item[] = [];
  for (const item of items) (test(item) ? yes : no).push(item);
  return [yes, no];
}

function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

/** As a child the program's own calls are all that its parents' runs tell of it. */
function isSubject(tally: Made, policy: Policy): boolean {
  return policy.role === 'program' || isSameExe(tally.exe, policy.exe);
}

function isOwn(tally: Made, policy: Policy): boolean {
  return isSameExe(tally.exe, policy.exe);
}

/** Groups of one call each, by ABI and number. */
function byCall(tallies: readonly RunTally[]): RunTally[][] {
  return [...groupBy(tallies, callKey).values()].sort(byToken);
}

function byToken([a]: RunTally[], [b]: RunTally[]): number {
  return (a?.archToken ?? 0) - (b?.archToken ?? 0) || (a?.nr ?? 0) - (b?.nr ?? 0);
}

function ruleOf(
  call: readonly RunTally[],
  runs: readonly Run[],
  known: ReadonlySet<number>,
  policy: Policy,
  argued: ReadonlyMap<string, readonly ArgumentTally[]>,
): Rule {
  const full = call.filter((tally) => !known.has(tally.runId));
  const { archToken, nr, name } = unlisted(call);
  const args = argumentsSeen(argued.get(callKey({ archToken, nr })) ?? []);
  const reason = {
    kind: 'observed',
    ...seenIn(full.length > 0 ? full : call),
    count: sum(full),
    runs: runsOf(full),
    ofRuns: runs.filter((run) => run.mode === 'full').length,
    newIn: runsOf(call) - runsOf(full),
    own: call.some((tally) => isOwn(tally, policy)),
    ...(args.length > 0 && { args }),
  } as const;
  return { name, nr, archToken, reason };
}

function runsOf(call: readonly RunTally[]): number {
  return new Set(call.map((tally) => tally.runId)).size;
}

function unlisted(call: readonly RunTally[]): Unlisted {
  const [{ archToken, nr } = { archToken: 0, nr: 0 }] = call;
  return { name: syscallName(archToken, nr), nr, archToken, abi: abiOf(archToken, nr)?.abi, ...seenIn(call) };
}

function deniedOf(tallies: readonly RunTally[]): Denied[] {
  const actions = [...groupBy(tallies, (tally) => tally.code)].sort(([a], [b]) => a - b);
  return actions.flatMap(([code, met]) => byCall(met).map((call) => ({ ...unlisted(call), code })));
}

function missingFrom(rules: readonly Rule[], tallies: readonly RunTally[]): Unlisted[] {
  const has = new Set(rules.map(callKey));
  return byCall(tallies.filter((tally) => !has.has(callKey(tally)))).map(unlisted);
}
