import { isIPv4 } from 'node:net';
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

/** sun_path holds 108 (unix(7)), of which a name beside it takes some. */
const SOCKET_BYTES = 100;

const LOOPBACK = 'want an address that only this machine reaches: "127.0.0.1:PORT" or "[::1]:PORT"';

const metrics = z.strictObject({
  socket: path
    .refine((socket) => Buffer.byteLength(socket) <= SOCKET_BYTES, { error: `want at most ${SOCKET_BYTES} bytes` })
    .optional(),
  listen: z.string().refine(isLoopback, { error: LOOPBACK }).optional(),
});

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
  metrics: metrics.prefault({}),
  source: z.array(source).min(1),
});

function isLoopback(text: string): boolean {
  const [, ip = '', port] = /^(?:(127\.\d{1,3}\.\d{1,3}\.\d{1,3})|\[::1\]):(\d{1,5})$/.exec(text) ?? [];
  return port !== undefined && Number(port) >= 1 && Number(port) <= 65_535 && (ip === '' || isIPv4(ip));
}

export type Config = z.infer<typeof CONFIG>;
export type MetricsConfig = Config['metrics'];
export type SourceConfig = Config['source'][number];
