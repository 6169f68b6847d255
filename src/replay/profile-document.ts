import { z } from 'zod';
import { ABIS } from '../kernel/tables.gen.ts';
import { STAGES } from '../observe/tally.ts';
import { POINTS } from '../profile/point.ts';
import { TRUSTS } from '../record/trust.ts';
import { checked, parseJson } from './document.ts';
import { type Filter, namedFilter } from './filter.ts';

/** A program's name as a profile has it: printable text, which nothing later needs to look at again (record/name.ts). */
const NAME = z.string().regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u, 'want printable text');

const TIMES = { count: z.int().min(0), firstMs: z.int(), lastMs: z.int() };

const REASON = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('observed'),
    ...TIMES,
    sampleSerial: z.int().min(0),
    sampleIp: z.string().regex(/^[0-9a-f]{1,16}$/, 'want hexadecimal digits'),
    exes: z.array(NAME).min(1),
    runs: z.int().min(0),
    ofRuns: z.int().min(0),
    newIn: z.int().min(0),
    own: z.boolean(),
  }),
  z.object({ kind: z.literal('implied'), rule: z.string(), why: z.string() }),
  z.object({ kind: z.literal('variant'), of: z.string(), rule: z.string(), why: z.string() }),
  z.object({ kind: z.literal('manual'), who: z.string(), atMs: z.int(), why: z.string() }),
]);

const RULE = z.object({
  name: z.string().optional(),
  nr: z.int().min(0),
  archToken: z.int().min(0),
  reason: REASON,
});

/** As much of the profile document (profile.ts, schema 2) as says what is allowed, and why. */
const PROFILE = z.object({
  schema: z.literal(2, { error: 'want 2: this is another version of the document' }),
  policy: z.object({
    exe: NAME,
    role: z.enum(['program', 'child']),
    stage: z.enum(STAGES),
    point: z.enum(POINTS).optional(),
    children: z.boolean(),
    trust: z.enum(TRUSTS),
    abi: z.enum(ABIS.map(({ abi }) => abi)),
  }),
  recordsBy: z.record(z.enum(TRUSTS), z.int().min(0)),
  rules: z.array(RULE),
  granted: z.array(z.object({ rule: RULE, by: z.string() })),
});
export type ProfileDocument = z.output<typeof PROFILE>;

/** What `suggest --format json` wrote; throws UsageError with the path of the first fault. */
export function parseProfile(text: string): ProfileDocument {
  return checked(PROFILE, parseJson(text));
}

export function readProfileDocument(text: string): Filter {
  const { policy, rules, granted } = parseProfile(text);
  const calls = [...rules, ...granted.map(({ rule }) => rule)];
  return namedFilter({
    entries: calls.map(({ name, nr }) => ({ call: name ?? String(nr), verdict: 'allow' })),
    otherwise: 'deny',
    abis: new Set([policy.abi]),
    elsewhere: 'deny',
  });
}
