import { readFileSync } from 'node:fs';
import { RefusedError } from '../../errors.ts';
import type { Session } from '../../launch/session-run.ts';
import type { Changes } from './changes.ts';
import type { Feed } from './feed.ts';
import type { ObservedSession } from './session.ts';
import { causesOfSilence, explainSilence, readPathFacts } from './silence.ts';

export interface Handshake {
  readonly session: Session;
  readonly observed: ObservedSession;
  readonly feed: Feed;
  readonly changes: Changes;
  readonly nowMs: () => number;
  /** Why session-run is gone; undefined while it lives. */
  readonly dead: () => string | undefined;
}

/**
 * Waits for the begin marker to come back through the whole path, and has it sent again while it does not: the proof that
 * records of this session arrive. Refused (125) with the cause where they do not; CMD has not been started then.
 */
export async function shakeHands(parties: Handshake): Promise<void> {
  const { session, observed, feed, changes, nowMs, dead } = parties;
  const { patienceMs, againMs } = tempo(feed.via);
  let deadline = nowMs() + patienceMs;
  let again = nowMs() + againMs;
  let first = true;
  while (!observed.window?.begun) {
    const gone = dead() ?? feed.broken() ?? markerFault(observed, feed);
    if (gone !== undefined) throw giveUp(session, gone);
    if (nowMs() >= deadline) throw giveUp(session, silence(feed));
    if (nowMs() >= again) {
      session.say('again');
      again = nowMs() + againMs;
      // Once more, but no longer, where a cause is known that time will not heal.
      if (first && feed.via === 'netlink' && causesOfSilence(readPathFacts('netlink')).length > 0) deadline = again;
      first = false;
    }
    await changes.next(Math.max(1, Math.min(again, deadline) - nowMs()));
  }
}

/**
 * Waits for the end marker. Records are in order, so when it comes, all before it came or are lost. False where it does
 * not come although nothing else does any more.
 */
export async function awaitEnd(parties: Handshake): Promise<boolean> {
  const { session, observed, feed, changes, nowMs, dead } = parties;
  const { patienceMs, againMs } = tempo(feed.via);
  const latest = nowMs() + LATEST_MS;
  let deadline = nowMs() + 2 * patienceMs;
  let again = nowMs() + againMs;
  let count = feed.count();
  while (!observed.window?.ended) {
    if (dead() !== undefined || feed.broken() !== undefined || nowMs() >= deadline) return false;
    if (feed.count() !== count) {
      count = feed.count();
      deadline = Math.min(latest, nowMs() + 2 * patienceMs);
    }
    if (nowMs() >= again) {
      session.say('again');
      again = nowMs() + againMs;
    }
    await changes.next(Math.max(1, Math.min(again, deadline) - nowMs()));
  }
  return true;
}

/** Others' records alone keep the wait alive no longer than this. */
const LATEST_MS = 300_000;

/** The kernel's log opens its rate limit anew after some seconds (kernel.printk_ratelimit), so a marker needs that long. */
function tempo(via: Feed['via']): { readonly patienceMs: number; readonly againMs: number } {
  if (via === 'netlink') return { patienceMs: 5000, againMs: 1000 };
  const limit = Number(readFileSync('/proc/sys/kernel/printk_ratelimit', 'latin1'));
  return { patienceMs: 1000 * (limit + 5), againMs: 1000 };
}

function markerFault({ markerError }: ObservedSession, feed: Feed): string | undefined {
  if (markerError === undefined) return undefined;
  return `no call can be marked (${markerError}): ${explainSilence(readPathFacts(feed.via))}`;
}

function silence(feed: Feed): string {
  const how = feed.via === 'netlink' ? 'the audit multicast group' : '/dev/kmsg';
  return `a marked call did not come back through ${how}: ${explainSilence(readPathFacts(feed.via))}`;
}

function giveUp(session: Session, why: string): RefusedError {
  session.say('quit');
  return new RefusedError(`nothing was run: ${why}`, { exitCode: 125 });
}
