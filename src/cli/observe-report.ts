import type { ObservedProgram } from '../app/observe/program.ts';
import type { RunResult } from '../app/observe/types.ts';
import type { Loss } from '../observe/tally.ts';
import { plural } from './plural.ts';

/** What a person is told of a run: one line, and one more for each thing that it does not hold. */
export function runText(result: RunResult, program: ObservedProgram): string[] {
  return [summary(result, program), ...notes(result).map((note) => `  ${note}`)];
}

/** The same for programs. */
export function runJson(result: RunResult, { exe, stage }: ObservedProgram): Record<string, unknown> {
  const { runId, mode, calls, newCalls, records, losses, incomplete, ended, observed } = result;
  const { identity, sessions, running } = observed;
  return {
    run: runId,
    exe,
    stage,
    mode,
    session: identity?.errno === undefined ? identity?.ses : null,
    followed: Object.fromEntries(sessions?.followed ?? []),
    calls,
    newCalls,
    records,
    lost: lostOf(losses) ?? null,
    losses,
    complete: incomplete === undefined,
    why: incomplete ?? null,
    running,
    ended,
    notes: notes(result),
  };
}

function summary(result: RunResult, { exe, stage }: ObservedProgram): string {
  const { runId, mode, calls, newCalls, records, losses, incomplete, observed } = result;
  const { identity } = observed;
  const what = mode === 'known' ? plural(newCalls, 'new call') : plural(calls, 'call');
  const session = identity?.errno === undefined ? `session ${identity?.ses}` : 'no session';
  const place = [stage, mode === 'known' ? 'known' : '', session].filter(Boolean).join(', ');
  const state = incomplete === undefined ? 'complete' : `incomplete: ${incomplete}`;
  return `observed ${exe}: ${what}, ${plural(records, 'record')}, ${lostText(losses)}, run ${runId} ${state} (${place})`;
}

function lostText(losses: readonly Loss[]): string {
  const lost = lostOf(losses);
  if (lost === undefined) return 'unknown number lost';
  return lost === 0 ? '0 lost' : `at most ${lost} lost`;
}

/** The sum of the ledger; undefined where one loss has no number. */
function lostOf(losses: readonly Loss[]): number | undefined {
  return losses.reduce<number | undefined>(
    (sum, { count }) => (sum === undefined || count === undefined ? undefined : sum + count),
    0,
  );
}

function notes(result: RunResult): string[] {
  return [
    ...lossNotes(result),
    ...counterNotes(result),
    ...sessionNotes(result),
    ...strayNotes(result),
    ...runningNotes(result),
  ];
}

function lossNotes({ losses, mode }: RunResult): string[] {
  if (losses.length === 0) return [];
  const told = losses.map(({ reason, count, text }) => `lost (${reason}): ${count ?? 'unknown number'}: ${text}`);
  const advice =
    mode === 'known' ? 'run it so again' : 'run it again with --known: what is learned then costs no record';
  return [...told, `records are missing, so calls may be: ${advice}`];
}

/** What the kernel gives up before it has a serial shows only in a counter that not everybody may ask for. */
function counterNotes({ observed: { statusError } }: RunResult): string[] {
  if (statusError === undefined) return [];
  return [`the kernel's lost counter cannot be read (${statusError}): what a full backlog lost would not show`];
}

function sessionNotes({ observed }: RunResult): string[] {
  const { identity, processes, sessions, left } = observed;
  const told = [...(sessions?.followed ?? [])].map(
    ([ses, how]) => `followed into session ${ses}, which a descendant opened (${HOW[how]})`,
  );
  for (const [pid, ses] of left) {
    if (sessions && !sessions.followed.has(ses))
      told.push(`left the session: process ${pid} is in session ${ses}: not counted`);
  }
  const counts = processes?.counts();
  if (counts) {
    told.push(
      `no audit session of its own (${identity?.errno}): records of the caller's session are told by process; ` +
        `${counts.confirmed} of ${counts.taken} processes are known to be descendants`,
    );
  }
  return told;
}

const HOW = {
  'login-record': 'LOGIN record',
  pid: 'the same process',
  'process-tree': 'process tree',
} as const;

function strayNotes({ strays }: RunResult): string[] {
  return strays.map(
    ({ ses, records, exes }) =>
      `may have left the session: ${plural(records, 'record')} of session ${ses}, opened during the run ` +
      `(${exes.join(', ')}), not counted`,
  );
}

function runningNotes({ observed: { running } }: RunResult): string[] {
  return running > 0 ? [`${plural(running, 'descendant')} still ran: what they call from now on is not learned`] : [];
}
