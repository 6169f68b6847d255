import { randomInt } from 'node:crypto';
import { readdirSync, readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { messageOf } from '../../errors.ts';
import { passSignals } from '../../launch/pass-signals.ts';
import { type Session, startSession } from '../../launch/session-run.ts';
import { NONCE_END } from '../../observe/marker.ts';
import { beginRun, closeRun } from './book.ts';
import type { Changes } from './changes.ts';
import { awaitEnd, type Handshake, shakeHands } from './handshake.ts';
import type { Recorder } from './recorder.ts';
import { ObservedSession } from './session.ts';
import type { RunResult, RunSetup, RunWorld } from './types.ts';

const PROGRESS_MS = 1000;

/**
 * Runs the program once under a log filter between two markers, and stores what the kernel told of it. Undefined where a
 * signal asked to stop before the program was started. Refused (125, 126, 127) where it could not be started or watched.
 */
export async function observeRun(setup: RunSetup, world: RunWorld): Promise<RunResult | undefined> {
  const { program, known, wait, user } = setup;
  let recorder: Recorder | undefined;
  const nonce = randomInt(NONCE_END);
  const comparePids = inInitialPidNamespace();
  const observed = new ObservedSession({
    nonce,
    comparePids,
    before: comparePids ? pidsNow() : new Set(),
    ours: (record) => recorder?.add(record),
    returned: (record) => recorder?.returned(record),
  });
  world.feed.to = (record) => observed.push(record);
  const launch = program.launch(known);
  const session = startSession({ launch, env: world.env, nonce, wait, user }, (line) => {
    observed.hear(line);
    world.changes.notify();
  });
  const parties: Handshake = { ...world, session, observed, dead: watch(session, world.changes) };
  const stopPassing = passSignals((signal) => session.say(`signal ${constants.signals[signal]}`));
  try {
    await shakeHands(parties);
    if (world.stops.signal() !== undefined) return abandon(session);
    recorder = beginRun(setup, world, observed);
    session.say('go');
    const incomplete = await follow(parties, recorder, world);
    return closeRun({ setup, world, observed, recorder, incomplete });
  } finally {
    stopPassing();
    recorder?.stop();
    world.feed.to = undefined;
  }
}

/** Until all is over; says why the run is incomplete, or undefined where it is not. */
async function follow(parties: Handshake, recorder: Recorder, world: RunWorld): Promise<string | undefined> {
  const { session, observed, feed, changes, dead } = parties;
  let toldMs = world.nowMs();
  while (!observed.endMarked && observed.execError === undefined && dead() === undefined) {
    await changes.next(PROGRESS_MS);
    if (world.nowMs() - toldMs < PROGRESS_MS) continue;
    world.progress(recorder);
    toldMs = world.nowMs();
  }
  const seen = observed.endMarked && (await awaitEnd(parties));
  session.say('quit');
  await session.ended.catch(() => undefined);
  if (observed.execError !== undefined) return `the program could not be started: ${observed.execError}`;
  if (feed.broken() !== undefined) return `the listener ended: ${feed.broken()}`;
  if (!observed.endMarked) return `session-run was ended: ${dead() ?? 'it said nothing'}`;
  if (!seen) return 'the end marker did not arrive';
  if (recorder.failure !== undefined) return `records could not be stored: ${recorder.failure}`;
  return unfiltered(parties, recorder);
}

/**
 * No program ends without a call, so a full run that lost nothing has shown at least one of the process that was started.
 * None means that the loader could not load libsandbox.so (another user's rights, say), and went on without it.
 */
function unfiltered({ observed }: Handshake, recorder: Recorder): string | undefined {
  const spared = recorder.mode === 'known' || observed.window?.missing() !== 0;
  if (spared || observed.mainPid === undefined) return undefined;
  if (observed.comparePids ? recorder.hasPid(observed.mainPid) : recorder.records > 0) return undefined;
  return 'no call of the program was logged: it ran without its filter';
}

async function abandon(session: Session): Promise<undefined> {
  session.say('quit');
  await session.ended.catch(() => undefined);
  return undefined;
}

/** Gives what tells why session-run is gone. */
function watch(session: Session, changes: Changes): () => string | undefined {
  let why: string | undefined;
  const note = (text: string): void => {
    why = text;
    changes.notify();
  };
  session.ended.then(
    ({ code, signal }) => note(`session-run ended with ${signal ?? code}`),
    (error: unknown) => note(`session-run failed: ${messageOf(error)}`),
  );
  return () => why;
}

/** PROC_PID_INIT_INO (include/linux/proc_ns.h): only there are our pids those of the kernel's records. */
function inInitialPidNamespace(): boolean {
  return readlinkSync('/proc/self/ns/pid') === 'pid:[4026531836]';
}

function pidsNow(): ReadonlySet<number> {
  return new Set(readdirSync('/proc').map(Number).filter(Number.isInteger));
}
