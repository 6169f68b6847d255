import { constants, hostname, release } from 'node:os';
import { RefusedError } from '../../errors.ts';
import type { Ended } from '../../launch/run.ts';
import { countNewCalls } from '../../observe/known.ts';
import { ledger } from '../../observe/ledger.ts';
import type { RunOrigin } from '../../observe/origin.ts';
import type { NewRun } from '../../observe/run.ts';
import type { Stray } from '../../observe/sessions.ts';
import type { Loss } from '../../observe/tally.ts';
import { printable } from '../../record/name.ts';
import { thisBoot } from '../../source/boot-id.ts';
import { scriptOf } from '../enforce/script.ts';
import { earlierTallies } from './earlier.ts';
import { outputKind } from './output-kind.ts';
import { Recorder } from './recorder.ts';
import type { ObservedSession } from './session.ts';
import type { RunResult, RunSetup, RunWorld } from './types.ts';

/** Stores that the run begins; without an end it is incomplete, whatever happens to this process. */
export function beginRun(setup: RunSetup, { store, nowMs }: RunWorld, observed: ObservedSession): Recorder {
  const own = ownSession(observed);
  const host = printable(hostname());
  const run = newRun(setup, own);
  const id = store.beginRun({ ...run, host, startedMs: nowMs() });
  return new Recorder(store, { id, mode: run.mode, host, own });
}

function newRun({ program, known, name }: RunSetup, ses: number | undefined): Omit<NewRun, 'host' | 'startedMs'> {
  const { loader, elf } = program.facts;
  return {
    kind: 'observed',
    stage: program.stage,
    mode: known.length > 0 ? 'known' : 'full',
    name,
    exe: program.exe,
    argv: [scriptOf(program.facts) ?? printable(program.argv[0] ?? ''), ...program.argv.slice(1).map(printable)],
    buildId: elf.buildId,
    sha256: program.sha256,
    bootId: thisBoot(),
    ses,
    pid: undefined,
    uid: program.caller.uid,
    kernel: release(),
    stdout: outputKind(),
    libc: loader && `${loader.libc} ${loader.version ?? '(unknown version)'}`,
  };
}

export interface Closing {
  readonly setup: RunSetup;
  readonly world: RunWorld;
  readonly observed: ObservedSession;
  readonly recorder: Recorder;
  readonly incomplete: string | undefined;
}

/** The last commit of a run: what is left of its counts, its losses and its end, together. */
export function closeRun(closing: Closing): RunResult {
  const { setup, world, observed, recorder, incomplete } = closing;
  const { store } = world;
  observed.window?.close();
  recorder.stop();
  const losses = lossesOf(observed);
  const newCalls = store.atomically(() => {
    recorder.flush();
    store.append({
      tallies: [],
      losses: losses.map((loss) => ({ ...loss, runId: recorder.runId })),
      seen: [],
      origins: originsOf(observed, recorder),
    });
    const fresh = countNew(closing);
    store.endRun(recorder.runId, {
      endedMs: world.nowMs(),
      complete: incomplete === undefined,
      why: incomplete ?? caveat(observed),
      ...exitOf(observed),
      newCalls: fresh,
    });
    return fresh;
  });
  refuseUnstarted(observed, setup);
  const { records, calls, runId, mode } = recorder;
  const ended = endedOf(observed, incomplete);
  const strays = mode === 'known' || losses.length > 0 ? straysOf(observed) : [];
  return { runId, mode, observed, records, calls, newCalls, losses, strays, incomplete, ended };
}

/** In a pid namespace of our own nobody can tell whose code the records speak of. */
function originsOf({ images, comparePids }: ObservedSession, { runId, samples }: Recorder): RunOrigin[] {
  if (!comparePids) return [];
  const placeOf = images.places();
  return [...samples].flatMap(({ pid, exe, archToken, nr, ip }) => {
    const place = placeOf(pid, exe, ip);
    return place ? [{ runId, exe, archToken, nr, sampleIp: ip, ...place }] : [];
  });
}

/** With every call logged and none lost, no process opens a session unseen. */
function straysOf({ sessions, nextSes }: ObservedSession): readonly Stray[] {
  return sessions?.strays(nextSes) ?? [];
}

function countNew({ setup, world, recorder }: Closing): number {
  const all = earlierTallies(world.store, setup.program, setup.name);
  const [before, now] = [
    all.filter((one) => one.runId !== recorder.runId),
    all.filter((one) => one.runId === recorder.runId),
  ];
  return countNewCalls(before, now);
}

function lossesOf({ window, before, after }: ObservedSession): Loss[] {
  if (!window) return [];
  return ledger({ ...window.span, missing: window.missing(), said: window.losses, before, after, ended: window.ended });
}

/** What a person must know of a run that is complete. */
function caveat({ processes, running }: ObservedSession): string | undefined {
  const taken = processes?.counts();
  const caveats = [
    taken && `no session of its own: ${taken.confirmed} of ${taken.taken} processes are known to be descendants`,
    running > 0 && `${running} descendants still ran`,
  ];
  return caveats.filter(Boolean).join('; ') || undefined;
}

/** Undefined where the run has the caller's session, which is others' too. */
function ownSession({ identity }: ObservedSession): number | undefined {
  return identity?.errno === undefined ? identity?.ses : undefined;
}

function exitOf({ mainExit }: ObservedSession): {
  readonly exitCode: number | undefined;
  readonly exitSignal: string | undefined;
} {
  if (!mainExit) return { exitCode: undefined, exitSignal: undefined };
  if (mainExit.how === 'code') return { exitCode: mainExit.number, exitSignal: undefined };
  return { exitCode: undefined, exitSignal: signalName(mainExit.number) };
}

/** execve's word comes last: what was inspected may have changed meanwhile. */
function refuseUnstarted({ execError }: ObservedSession, { program }: RunSetup): void {
  if (execError === undefined) return;
  const exitCode = execError === 'ENOENT' ? 127 : 126;
  throw new RefusedError(`${program.facts.path}: cannot be started: ${execError}`, { exitCode });
}

function endedOf(observed: ObservedSession, incomplete: string | undefined): Ended {
  const { exitCode, exitSignal } = exitOf(observed);
  if (exitSignal !== undefined) return { kind: 'signal', signal: exitSignal as NodeJS.Signals };
  if (exitCode !== undefined) return { kind: 'exit', code: exitCode };
  throw new RefusedError(`how the program ended is not known: ${incomplete ?? 'session-run did not say'}`, {
    exitCode: 125,
  });
}

function signalName(number: number): string {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return found?.[0] ?? `SIG${number}`;
}
