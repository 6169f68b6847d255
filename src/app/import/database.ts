import { createHash, type Hash } from 'node:crypto';
import { z } from 'zod';
import { messageOf, RefusedError, UsageError } from '../../errors.ts';
import { printable } from '../../record/name.ts';
import type { Trust } from '../../record/trust.ts';
import { EXCHANGE_ROWS, type ExchangeRow, type ExchangeSchema } from '../../store/exchange.ts';
import type { Merged, Store } from '../../store/store.ts';
import { BEGINNING, noRows, type RowCounts, SCHEMA } from '../keep/database-format.ts';

/** Longer than the longest command line that Linux takes, were every byte of it escaped. */
const LINE_BYTES = 16 * 1024 * 1024;
const PAGE = 256;
const NEWLINE = 0x0a;

export interface DatabaseImport {
  readonly source: string;
  readonly store: Store;
  /** Nothing in it is trusted more than this. */
  readonly atMost: Trust;
  readonly signal: AbortSignal;
  readonly progress: () => void;
  /** Stored together with what the file brings. */
  readonly also: (merged: Merged) => void;
}

/** Whether a source begins as exportStore() does, be it cut short. */
export function isDatabase(head: Buffer): boolean {
  return head.length > 2 && BEGINNING.startsWith(head.toString('latin1', 0, BEGINNING.length));
}

/**
 * Takes in another database, all of it or nothing: its rows wait until its end is there and right. Throws a UsageError with
 * the line for what is not as exportStore() writes it, a RefusedError where it was interrupted or cannot be stored.
 */
export async function importDatabase(chunks: AsyncIterable<Buffer>, request: DatabaseImport): Promise<Merged> {
  const { source, store, atMost, signal, progress, also } = request;
  const stage = store.stage();
  try {
    const reader = new Reader(source);
    for await (const chunk of chunks) {
      for (const rows of reader.push(chunk)) stage.add(rows);
      progress();
      if (signal.aborted) break;
    }
    if (signal.aborted) throw new RefusedError(`${source}: interrupted: nothing of it was stored`);
    stage.add(reader.end());
    return store.atomically(() => {
      const merged = stage.merge(atMost);
      also(merged);
      return merged;
    });
  } finally {
    stage.drop();
  }
}

const HEADER = z.strictObject({
  format: z.literal('profiler-database'),
  schema: z.int(),
  version: z.string().max(100),
});
const count = z.int().min(0);
const before = { run: count, tally: count, loss: count, seen: count, source: count };
const since = { argument: count, origin: count, access: count, manual: count };
/** Schema 1 knew no arguments, no origins, nothing of AppArmor and nobody's word. */
const ROW_COUNTS: Readonly<Record<ExchangeSchema, z.ZodType<RowCounts>>> = {
  1: z.strictObject(before).transform((rows) => ({ ...noRows(), ...rows })),
  2: z.strictObject({ ...before, ...since }),
};

function endOf(schema: ExchangeSchema) {
  return z.strictObject({ row: z.literal('end'), rows: ROW_COUNTS[schema], sha256: z.string() });
}

type End = z.infer<ReturnType<typeof endOf>>;

function isKnown(schema: number): schema is ExchangeSchema {
  return schema in EXCHANGE_ROWS;
}

/** Lines to rows, each checked; what is not as it must be is told with its line. */
class Reader {
  readonly #source: string;
  readonly #hash: Hash = createHash('sha256');
  readonly #counts = noRows();
  #rest: Buffer[] = [];
  #restBytes = 0;
  #line = 0;
  #schema: ExchangeSchema = SCHEMA;
  #run: number | undefined;
  #ended = false;

  constructor(source: string) {
    this.#source = source;
  }

  *push(chunk: Buffer): Generator<ExchangeRow[]> {
    let rows: ExchangeRow[] = [];
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      const row = this.#take(Buffer.concat([...this.#rest, chunk.subarray(from, end + 1)]));
      this.#rest = [];
      this.#restBytes = 0;
      from = end + 1;
      if (row) rows.push(row);
      if (rows.length < PAGE) continue;
      yield rows;
      rows = [];
    }
    this.#keep(chunk.subarray(from));
    yield rows;
  }

  /** Gives nothing more; what is missing is told. */
  end(): ExchangeRow[] {
    if (this.#restBytes > 0 || !this.#ended) {
      this.#line++;
      throw this.#fault('the file ends here, and not with its end: it was cut: nothing of it was stored');
    }
    return [];
  }

  #keep(rest: Buffer): void {
    if (rest.length === 0) return;
    this.#rest.push(Buffer.from(rest));
    this.#restBytes += rest.length;
    if (this.#restBytes <= LINE_BYTES) return;
    this.#line++;
    throw this.#fault(`the line is longer than ${LINE_BYTES} bytes`);
  }

  #take(bytes: Buffer): ExchangeRow | undefined {
    this.#line++;
    if (this.#ended) throw this.#fault('want nothing after the end');
    const value = this.#parse(bytes);
    if (this.#line === 1) {
      this.#header(value);
    } else if (typeof value === 'object' && value !== null && 'row' in value && value.row === 'end') {
      this.#check(this.#checked(endOf(this.#schema), value));
      return undefined;
    }
    this.#hash.update(bytes);
    if (this.#line === 1) return undefined;
    const row = this.#checked(EXCHANGE_ROWS[this.#schema], value);
    this.#counts[row.row]++;
    this.#place(row);
    return row;
  }

  #parse(bytes: Buffer): unknown {
    try {
      return JSON.parse(bytes.toString('utf8'));
    } catch (error) {
      throw this.#fault(`want one JSON object: ${printable(messageOf(error))}`);
    }
  }

  #header(value: unknown): void {
    const { schema, version } = this.#checked(HEADER, value);
    if (!isKnown(schema)) throw this.#unknown(schema, version);
    this.#schema = schema;
  }

  #unknown(schema: number, version: string): UsageError {
    return this.#fault(`schema: want ${SCHEMA} or less: profiler ${printable(version)} made it with ${schema}`);
  }

  #checked<Type>(schema: z.ZodType<Type>, value: unknown): Type {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const place = issue?.path.map(String).join('.') ?? '';
    throw this.#fault(printable(`${place === '' ? '' : `${place}: `}${issue?.message ?? 'is not as it must be'}`));
  }

  /** What belongs to a run follows it. */
  #place(row: ExchangeRow): void {
    if (row.row === 'run') this.#run = row.id;
    const run = 'run' in row ? row.run : null;
    if (run !== null && run !== this.#run) throw this.#fault(`run: want it after run ${run}, and before another`);
  }

  #check({ rows, sha256 }: End): void {
    const wrong = Object.entries(this.#counts).find(([row, had]) => rows[row as keyof typeof rows] !== had);
    if (wrong)
      throw this.#fault(`it tells of ${rows[wrong[0] as keyof typeof rows]} ${wrong[0]} rows, ${wrong[1]} are there`);
    if (sha256 !== this.#hash.digest('hex'))
      throw this.#fault('the sha256 of what stands before is another: it was changed');
    this.#ended = true;
  }

  #fault(text: string): UsageError {
    return new UsageError(`${this.#source}:${this.#line}: ${text}`);
  }
}
