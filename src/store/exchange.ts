import { z } from 'zod';
import { SECCOMP } from '../observe/seen.ts';
import { type Loss, STAGES, type Stage } from '../observe/tally.ts';
import { isPrintable } from '../record/name.ts';
import { TRUSTS, type Trust } from '../record/trust.ts';
import { EXCHANGE_ACCESS } from './exchange-access.ts';

/**
 * A database as rows that do not depend on its schema: each run, then its tallies, its calls' arguments, its own losses and
 * origins; then the losses that imports found, what counts as seen, AppArmor's accesses, what people said, and the sources.
 * What is not known is null; times are milliseconds since 1970. The
 * limits keep what SQLite adds up within its 64 bits.
 */
const integer = z.int();
const natural = z.int().min(0);
const count = z
  .int()
  .min(1)
  .max(2 ** 43);
const words = z.string().max(4_194_304);
/** src/record/name.ts: nothing later needs to remember that a name is hostile. */
const name = words.refine(isPrintable, { error: 'want printable text' });
const host = z
  .string()
  .min(1)
  .max(1024)
  .refine((text) => !/\p{C}/u.test(text), { error: 'want printable text' });
const trust = z.enum(TRUSTS as [Trust, ...Trust[]]);

const process = z
  .strictObject({
    host,
    ses: natural,
    pid: integer,
    bootId: words.nullable(),
    lastExe: name,
    mayExec: z.boolean(),
    firstMs: integer,
    lastMs: integer,
    exitMs: integer.nullable(),
    exitSerial: natural.nullable(),
  })
  .refine(({ exitMs, exitSerial }) => (exitMs === null) === (exitSerial === null), {
    error: 'exitMs: want it with exitSerial, or neither',
  });

const run = z.strictObject({
  row: z.literal('run'),
  id: natural,
  kind: z.enum(['observed', 'inferred']),
  stage: z.enum(STAGES as [Stage, ...Stage[]]),
  mode: z.enum(['full', 'known']),
  name: words.nullable(),
  exe: name,
  argv: z.array(name),
  buildId: words,
  sha256: words,
  host: host.nullable(),
  bootId: words.nullable(),
  ses: natural.nullable(),
  pid: integer.nullable(),
  uid: natural.nullable(),
  kernel: words.nullable(),
  libc: words.nullable(),
  startedMs: integer,
  stdout: z.enum(['pipe', 'file', 'terminal', 'device', 'socket', 'closed']).nullable(),
  endedMs: integer.nullable(),
  complete: z.boolean().nullable(),
  why: words.nullable(),
  exitCode: integer.nullable(),
  exitSignal: words.nullable(),
  newCalls: natural.nullable(),
  sessions: z.array(natural),
  process: process.nullable(),
});

/** Schema 1 did not tell what standard output was. */
const runBefore = run.omit({ stdout: true }).transform((row) => ({ ...row, stdout: null }));

const tally = z.strictObject({
  row: z.literal('tally'),
  run: natural,
  exe: name,
  archToken: natural,
  nr: integer,
  code: natural,
  trust,
  count,
  firstMs: integer,
  lastMs: integer,
  sampleSerial: natural,
  sampleIp: z.string().max(64).refine(isPrintable, { error: 'want printable text' }),
});

const origin = z.strictObject({
  row: z.literal('origin'),
  run: natural,
  exe: name,
  archToken: natural,
  nr: integer,
  sampleIp: z.string().regex(/^[0-9a-f]{1,16}$/),
  module: name.min(1),
  buildId: z.string().regex(/^[0-9a-f]{0,128}$/),
  fileOffset: natural,
});

/** One value of one argument; `value` is null for all that are not kept apart (observe/argument.ts). */
const argument = z.strictObject({
  row: z.literal('argument'),
  run: natural,
  exe: name,
  archToken: natural,
  nr: integer,
  code: natural,
  trust,
  index: natural.max(5),
  value: z
    .string()
    .regex(/^(?:0|[1-9a-f][0-9a-f]{0,15})$/, { error: 'want a hexadecimal number of 64 bits without 0x' })
    .nullable(),
  count,
});

/** A reason without its line does not compile. */
const REASONS: Readonly<Record<Loss['reason'], true>> = {
  suppressed: true,
  'kmsg-gap': true,
  enobufs: true,
  'audit-lost': true,
  backlog: true,
  rate: true,
  'journal-missed': true,
  'carrier-restart': true,
  'serial-gap': true,
  'file-truncated': true,
  'file-gone': true,
  'file-hole': true,
  'file-unreadable': true,
};

const loss = z
  .strictObject({
    row: z.literal('loss'),
    run: natural.nullable(),
    host: host.nullable(),
    reason: z.enum(Object.keys(REASONS) as [Loss['reason'], ...Loss['reason'][]]),
    certainty: z.enum(['exact', 'at-most', 'unknown']),
    count: natural.max(2 ** 43).nullable(),
    text: words,
    fromMs: integer.nullable(),
    toMs: integer.nullable(),
    afterSerial: integer.nullable(),
    beforeSerial: integer.nullable(),
    ordinal: natural,
    trust: trust.nullable(),
  })
  .refine(({ certainty, count: known }) => (certainty === 'unknown') === (known === null), {
    error: 'count: want a number, or null where certainty is unknown',
  })
  .refine(({ run: of, host: at }) => (of === null) !== (at === null), { error: 'want a run or a host' });

const span = {
  row: z.literal('seen'),
  host,
  atMs: integer,
  trust,
  serialFrom: integer,
  serialTo: integer,
} as const;
const inOrder = ({ serialFrom, serialTo }: { readonly serialFrom: number; readonly serialTo: number }) =>
  serialFrom <= serialTo;
const ORDER = { error: 'serialTo: want no less than serialFrom' };
const bootId = z.string().regex(/^[0-9a-f]{32}$/, { error: 'want 32 hexadecimal digits' });

const seen = z
  .strictObject({ ...span, type: natural.max(0xffff_ffff), bootId: bootId.nullable() })
  .refine(inOrder, ORDER);
/** Schema 1 knew events of one type only, and no boots. */
const seenBefore = z
  .strictObject(span)
  .refine(inOrder, ORDER)
  .transform((row) => ({ ...row, type: SECCOMP, bootId: null }));

const source = z.strictObject({
  row: z.literal('source'),
  source: words,
  carrier: words,
  trust,
  records: natural,
  rejected: natural,
  duplicates: natural,
  atMs: integer,
});

/** What a person said of a call; stage null: every stage. */
const manual = z.strictObject({
  row: z.literal('manual'),
  exe: name,
  stage: z.enum(STAGES as [Stage, ...Stage[]]).nullable(),
  call: z.string().regex(/^(?:[a-z_][a-z0-9_]*|\d{1,10})$/),
  verdict: z.enum(['allow', 'deny']),
  who: name.min(1),
  uid: natural,
  atMs: integer,
  why: name.min(1),
});

/** So many events are told of in one row. */
export const SIGHTINGS_MAX = 1024;

/** AppArmor's: some of the events of one access, each [milliseconds, serial]. `overflow`: src/observe/sighting.ts. */
const access = z.strictObject({
  row: z.literal('access'),
  host,
  namespace: name,
  profile: name,
  verdict: z.enum(['AUDIT', 'ALLOWED', 'DENIED', 'KILLED']),
  trust,
  access: z.union([EXCHANGE_ACCESS, z.strictObject({ kind: z.literal('overflow') })]),
  seen: z
    .array(z.tuple([integer, natural]))
    .min(1)
    .max(SIGHTINGS_MAX),
});

const EXCHANGE_ROW = z.discriminatedUnion('row', [run, tally, argument, loss, origin, seen, access, manual, source]);

/** The rows of each version of the format that can be read, as those of the newest. */
export const EXCHANGE_ROWS: Readonly<Record<ExchangeSchema, z.ZodType<ExchangeRow>>> = {
  1: z.discriminatedUnion('row', [runBefore, tally, loss, seenBefore, source]),
  2: EXCHANGE_ROW,
};

export type ExchangeSchema = 1 | 2;
export type ExchangeRow = z.infer<typeof EXCHANGE_ROW>;
export type ExchangeRun = z.infer<typeof run>;
export type ExchangeTally = z.infer<typeof tally>;
export type ExchangeArgument = z.infer<typeof argument>;
export type ExchangeLoss = z.infer<typeof loss>;
export type ExchangeManual = z.infer<typeof manual>;
export type ExchangeSeen = z.infer<typeof seen>;
export type ExchangeAccess = z.infer<typeof access>;
