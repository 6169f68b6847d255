import type { Loss } from '../observe/tally.ts';
import { basenameOf } from '../profile/exe.ts';
import { observed } from '../profile/observed.ts';
import type { Profile, Rule, Unlisted } from '../profile/profile.ts';

export interface Remark {
  readonly kind: 'fact' | 'warning';
  readonly text: string;
}

/** What a person should know of a profile before using it: a remark a line, the first says what it is. */
export function evidence(profile: Profile): readonly Remark[] {
  return [
    { kind: 'fact', text: head(profile) },
    ...stageRemarks(profile),
    ...runRemarks(profile),
    ...childRemarks(profile),
    ...exceptionRemarks(profile),
    ...trustRemarks(profile),
  ];
}

function head({ policy, rules, runs, records, lost }: Profile): string {
  const known = runs.filter((run) => run.mode === 'known');
  const full = runs.length - known.length;
  const spared = known.length > 0 ? `, ${brought(rules, known.length)}` : '';
  const from = `${plural(full, 'run')}, ${plural(records, 'record')}, ${lostText(lost)}${spared}`;
  const { stage, point } = policy;
  const place = point === undefined || point === stage ? `stage ${stage}` : `point ${point}`;
  return `${policy.exe}: ${plural(rules.length, 'call')} for ${place}, from ${from}`;
}

function brought(rules: readonly Rule[], runs: number): string {
  const calls = observed(rules).filter(({ reason }) => reason.newIn > 0 && reason.runs === 0);
  return `and ${plural(runs, 'run')} that allowed what was known and brought ${plural(calls.length, 'new call')}${list(calls)}`;
}

/** `0 lost`, `at most 7 lost`, `an unknown number lost`. */
function lostText(lost: number | undefined): string {
  if (lost === undefined) return 'an unknown number lost';
  return lost === 0 ? '0 lost' : `at most ${lost} lost`;
}

function stageRemarks({ policy, runs }: Profile): Remark[] {
  const remarks: Remark[] = [];
  if (policy.role === 'child') {
    remarks.push(
      warning(
        'it was seen only as a child of other programs: their filter logged its whole start, as sandboxify would, so this is for stage launcher; what it starts itself is not known',
      ),
    );
  } else if (runs.some((run) => run.stage === 'unknown')) {
    const word = policy.stage === 'unknown' ? 'nothing tells' : `--stage ${policy.stage} is your word for`;
    remarks.push(
      warning(
        `these runs were put together from a log: ${word} where the filter began; a log names no parents, so calls of programs that it starts are not in the list`,
      ),
    );
  }
  return remarks;
}

function runRemarks({ runs, losses, lost }: Profile): Remark[] {
  const missing = lost === 0 ? [] : missingRemarks(losses);
  const causes = [...new Set(runs.flatMap((run) => run.incomplete ?? []))];
  const incomplete = causes.map((cause) => {
    const ids = runs.filter((run) => run.incomplete === cause).map((run) => run.id);
    const named = `${ids.slice(0, SHOWN).join(', ')}${ids.length > SHOWN ? ` and ${ids.length - SHOWN} more` : ''}`;
    return warning(`${ids.length === 1 ? 'run' : 'runs'} ${named} not known to be complete: ${cause}`);
  });
  return [...missing, ...incomplete];
}

/** The largest first, one of unknown size before them. */
function missingRemarks(losses: readonly Loss[]): Remark[] {
  const sorted = losses.toSorted((a, b) => sizeOf(b) - sizeOf(a));
  const left = sorted.length - SHOWN;
  const rest = left > 0 ? [fact(`lost in ${plural(left, 'more place')}: profiler status --losses lists them`)] : [];
  const shown = sorted.slice(0, SHOWN).map((loss) => fact(`lost: ${lossText(loss)}`));
  return [warning('records are missing, so the list may be too short'), ...shown, ...rest];
}

function sizeOf({ count }: Loss): number {
  return count ?? Number.MAX_SAFE_INTEGER;
}

function lossText({ certainty, count, reason, fromMs, toMs, text }: Loss): string {
  const records = count === undefined ? 'an unknown number of records' : plural(count, 'record');
  return `${certainty === 'at-most' ? 'at most ' : ''}${records}, ${spanText(fromMs, toMs)}, ${reason}: ${text}`;
}

function spanText(fromMs: number | undefined, toMs: number | undefined): string {
  if (fromMs === undefined && toMs === undefined) return 'nobody knows when';
  if (fromMs === undefined) return `before ${utc(toMs ?? 0)}`;
  return toMs === undefined ? `after ${utc(fromMs)}` : `${utc(fromMs)} to ${utc(toMs)}`;
}

/** To the second. */
function utc(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

function childRemarks({ policy, rules, leftOut }: Profile): Remark[] {
  if (policy.role === 'child') return [];
  if (!policy.children) {
    const names = leftOut.length > 0 ? `: ${plural(leftOut.length, 'call')} left out${list(leftOut)}` : '';
    return [warning(`--no-children: programs that it starts inherit the filter and will be killed${names}`)];
  }
  const foreign = observed(rules).filter(({ reason }) => !reason.own);
  const exes = [...new Set(foreign.flatMap(({ reason }) => reason.exes))].sort();
  return exes.map((exe) => {
    const calls = foreign.filter(({ reason }) => reason.exes.includes(exe));
    return fact(`${basenameOf(exe)}, which it starts, adds ${plural(calls.length, 'call')}${list(calls)}`);
  });
}

function exceptionRemarks({ foreign, unlistable, denied }: Profile): Remark[] {
  const abis = [...new Set(foreign.map(abiName))].sort();
  const second = abis.map((abi) => {
    const calls = foreign.filter((call) => abiName(call) === abi);
    return warning(
      `${plural(calls.length, 'call')} on ${abi} (${plural(recordsOf(calls), 'record')})${list(calls)}: logged while learning, killed when enforced`,
    );
  });
  const odd =
    unlistable.length > 0
      ? [warning(`no list can hold${list(unlistable)}: no kernel has such calls; killed when enforced`)]
      : [];
  const refused =
    denied.length > 0
      ? [fact(`refused by a filter, and not added${list(denied)} (${plural(recordsOf(denied), 'record')})`)]
      : [];
  return [...second, ...odd, ...refused];
}

function trustRemarks({ policy, recordsBy, untrusted, untrustedRecords }: Profile): Remark[] {
  if (untrustedRecords > 0) {
    const only = untrusted.length > 0 ? `; only they show${list(untrusted)}` : '';
    return [fact(`${plural(untrustedRecords, 'record')} trusted less than ${policy.trust} left out${only}`)];
  }
  if (recordsBy.forgeable === 0) return [];
  return [warning(`${plural(recordsBy.forgeable, 'record')} forgeable: any local user could have written them`)];
}

/** So many names or runs are shown before the rest is a number. */
const SHOWN = 5;
const NAMES = 12;

function list(calls: readonly (Rule | Unlisted)[]): string {
  const names = [...new Set(calls.map(({ name, nr }) => name ?? String(nr)))].sort();
  if (names.length === 0) return '';
  return `: ${names.slice(0, NAMES).join(', ')}${names.length > NAMES ? ` and ${names.length - NAMES} more` : ''}`;
}

function abiName({ abi, archToken }: Unlisted): string {
  return abi ?? `an unknown ABI (arch ${archToken.toString(16)})`;
}

function recordsOf(calls: readonly Unlisted[]): number {
  return calls.reduce((sum, call) => sum + call.count, 0);
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function fact(text: string): Remark {
  return { kind: 'fact', text };
}

function warning(text: string): Remark {
  return { kind: 'warning', text };
}
