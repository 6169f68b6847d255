import { z } from 'zod';
import { type Loss, STAGES, type Stage } from '../observe/tally.ts';
import { isPrintable } from '../record/name.ts';
import { TRUSTS, type Trust } from '../record/trust.ts';

/**
 * A database as rows that do not depend on its schema: each run, then its tallies, its own losses and origins; then the losses that
 * imports found, what counts as seen, what people said, and the sources. What is not known is null; times are milliseconds since 1970. The
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

/** A reason without its line does not compile. */
const REASONS: Readonly<Record<Loss['reason'], true>> = {
  suppressed: true,
  'kmsg-gap': true,
  enobufs: true,
  'audit-lost': true,
  backlog: true,
  rate: true,
  'journal-missed': true,
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

const seen = z
  .strictObject({
    row: z.literal('seen'),
    host,
    atMs: integer,
    trust,
    serialFrom: integer,
    serialTo: integer,
  })
  .refine(({ serialFrom, serialTo }) => serialFrom <= serialTo, { error: 'serialTo: want no less than serialFrom' });

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

export const EXCHANGE_ROW = z.discriminatedUnion('row', [run, tally, loss, origin, seen, manual, source]);

export type ExchangeRow = z.infer<typeof EXCHANGE_ROW>;
export type ExchangeRun = z.infer<typeof run>;
export type ExchangeTally = z.infer<typeof tally>;
export type ExchangeLoss = z.infer<typeof loss>;
export type ExchangeManual = z.infer<typeof manual>;
export type ExchangeSeen = z.infer<typeof seen>;
