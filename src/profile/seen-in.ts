import type { RunTally } from '../observe/run.ts';
import type { Seen } from './profile.ts';

/** What tallies of one call say together: the sample is the first by time and serial, whatever order they come in. */
export function seenIn(call: readonly RunTally[]): Seen {
  const [first = NOTHING] = [...call].sort((a, b) => a.firstMs - b.firstMs || a.sampleSerial - b.sampleSerial);
  return {
    count: call.reduce((sum, tally) => sum + tally.count, 0),
    firstMs: first.firstMs,
    lastMs: call.reduce((last, tally) => Math.max(last, tally.lastMs), 0),
    sampleSerial: first.sampleSerial,
    sampleIp: first.sampleIp,
    exes: [...new Set(call.map((tally) => tally.exe))].sort(),
  };
}

const NOTHING = { firstMs: 0, sampleSerial: 0, sampleIp: '' };
