import type { AccessCount } from '../observe/sighting.ts';
import type { Evidence } from './rule.ts';

/** What stands behind a rule that these accesses, or these rules, are behind. */
export function evidenceOf({ count, firstMs, lastMs, sampleSerial, verdict, host }: AccessCount): Evidence {
  return { count, firstMs, lastMs, sampleSerial, verdicts: [verdict], hosts: [host] };
}

export function together(one: Evidence | undefined, other: Evidence): Evidence {
  if (!one) return other;
  const first = one.firstMs <= other.firstMs ? one : other;
  return {
    count: one.count + other.count,
    firstMs: first.firstMs,
    lastMs: Math.max(one.lastMs, other.lastMs),
    sampleSerial: first.sampleSerial,
    verdicts: [...new Set([...one.verdicts, ...other.verdicts])].sort(),
    hosts: [...new Set([...one.hosts, ...other.hosts])].sort(),
  };
}
