import { z } from 'zod';
import { CARRIERS, type Carrier } from '../record/carrier.ts';
import { TRUSTS, type Trust } from '../record/trust.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

/** The operator's word for a source, in place of what its kind is worth. */
const trust = z.enum(TRUSTS as [Trust, ...Trust[]]).optional();
const carrier = z.enum(CARRIERS as [Carrier, ...Carrier[]]).optional();
const path = z.string().min(1).startsWith('/');
const span = z.string().regex(/^[1-9]\d{0,4}[mhdw]$/);

const source = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('file'), path, carrier, trust, since: span.optional() }),
  z.strictObject({ kind: z.literal('journal'), directory: path.optional(), trust }),
  z.strictObject({ kind: z.literal('netlink'), socket: path.optional(), trust }),
  z.strictObject({ kind: z.literal('kmsg'), socket: path.optional(), trust }),
  z.strictObject({ kind: z.literal('stdin'), carrier, trust }),
]);

/** config/profiler.toml says what each of these means. */
export const CONFIG = z.strictObject({
  database: path.optional(),
  host: z.string().min(1).max(253).optional(),
  log: z.strictObject({ level: z.enum(LOG_LEVELS).default('info') }).prefault({}),
  batch: z
    .strictObject({
      records: z.int().min(1).max(65_536).default(4096),
      wait_ms: z.int().min(0).max(1000).default(20),
    })
    .prefault({}),
  source: z.array(source).min(1),
});

export type Config = z.infer<typeof CONFIG>;
export type SourceConfig = Config['source'][number];
