import path from 'node:path';
import { messageOf, UsageError } from '../../errors.ts';
import type { JoinCounts } from '../../observe/syscall-join.ts';
import { type Carrier, defaultTrust, detectCarrier } from '../../record/carrier.ts';
import { printable } from '../../record/name.ts';
import { atLeast, type Trust } from '../../record/trust.ts';
import { type OpenLog, openLog } from '../../source/log-file.ts';
import { openStore } from '../../store/open.ts';
import type { Store } from '../../store/store.ts';
import type { Counts } from '../books/counts.ts';
import { Pass, type Rejected } from '../books/pass.ts';
import { exportText } from '../keep/export.ts';
import { importDatabase, isDatabase } from './database.ts';

/** A transaction holds about so many records; a killed import loses no more of its work. */
const BATCH_RECORDS = 65_536;

export interface ImportRequest {
  /** A path, or `-`. */
  readonly source: string;
  readonly carrier: Carrier | undefined;
  /** The operator's word for the source, in place of what its kind is worth. */
  readonly trust: Trust | undefined;
  /** Whose events those are that name no host. */
  readonly localHost: string;
  /** Another database is wanted, and no log. */
  readonly databaseOnly?: boolean;
}

export interface ImportWorld {
  readonly store: Store;
  readonly stdin: NodeJS.ReadableStream;
  readonly uid: number;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
  /** Bytes taken from the source, and its size where it has one; called after each chunk. */
  readonly progress: (taken: number, size: number | undefined) => void;
}

type Reported = Omit<Readonly<Counts>, 'types' | 'reasons'>;

export interface ImportReport extends Reported {
  readonly source: string;
  /** `database`: another database, or what exportStore() wrote. Undefined where nothing was there to tell it by. */
  readonly carrier: Carrier | 'database' | undefined;
  readonly trust: Trust;
  /** Why a file got less trust than its kind is worth. */
  readonly doubt: string | undefined;
  readonly bytes: number;
  /** What came of the records of audit rules. */
  readonly joins: JoinCounts;
  readonly rejected: readonly Rejected[];
  /** What stopped the import early; what was read before is stored. */
  readonly error: string | undefined;
  readonly interrupted: boolean;
}

/**
 * Reads one log into the store, in batches of one transaction each. Safe to repeat and to break off: what is stored is
 * counted once. Throws UsageError for what is no log that can be read, RefusedError where it or the store may not be used.
 */
export async function importLog(request: ImportRequest, world: ImportWorld): Promise<ImportReport> {
  const log = await openLog(request.source, world);
  try {
    if (request.carrier === undefined && isDatabase(log.head)) {
      return await readDatabase(log, log.chunks(), request, world);
    }
    if (request.carrier === undefined && isSqlite(log.head)) return await readSqlite(log, request, world);
    if (request.databaseOnly) throw new UsageError(`${request.source}: is no database, nor what profiler export wrote`);
    return await readLog(log, request, world);
  } finally {
    log.close();
  }
}

async function readLog(log: OpenLog, request: ImportRequest, world: ImportWorld): Promise<ImportReport> {
  const { source } = request;
  const carrier = request.carrier ?? detectCarrier(log.head);
  if (carrier === undefined && log.head.length > 0) {
    throw new UsageError(`${source}: its beginning looks like no log of a known kind: name it by --carrier`);
  }
  const kind = { carrier: carrier ?? 'audit-log', trust: trustOf(carrier, log, request) };
  const name = source === '-' ? source : printable(path.resolve(source));
  const pass = new Pass(world, { ...kind, name, localHost: request.localHost });
  let bytes = 0;
  const commit = (ended: boolean) =>
    pass.commit({ cursor: () => JSON.stringify({ bytes, ended }), last: ended, settle: ended });
  let error: string | undefined;
  const { signal } = world;
  for await (const chunk of untilError(log.chunks(), (thrown) => (error = messageOf(thrown)))) {
    pass.push(chunk);
    bytes += chunk.length;
    if (pass.waiting >= BATCH_RECORDS) commit(false);
    world.progress(log.taken(), log.size);
    if (signal.aborted) break;
  }
  if (!signal.aborted) pass.end();
  commit(true);
  const doubt =
    request.trust === undefined && carrier !== undefined && atLeast(defaultTrust(carrier), 'file')
      ? log.doubt
      : undefined;
  const stopped = { interrupted: signal.aborted, error: signal.aborted ? undefined : error };
  return {
    ...reported(pass.counts),
    source,
    carrier,
    trust: kind.trust,
    doubt,
    bytes: log.taken(),
    joins: pass.joins,
    rejected: pass.rejected,
    ...stopped,
  };
}

/**
 * Another database keeps the trust that it tells of, as far as nobody else can have written the file, or as the operator
 * says. Its sources' cursors are not taken over: they are places in another machine's files.
 */
async function readDatabase(
  log: OpenLog,
  chunks: AsyncIterable<Buffer>,
  request: ImportRequest,
  world: ImportWorld,
): Promise<ImportReport> {
  const { source, trust } = request;
  const { store, signal, nowMs } = world;
  const atMost = trust ?? (log.atMost === 'forgeable' ? 'forgeable' : 'kernel');
  const merged = await importDatabase(chunks, {
    source,
    store,
    atMost,
    signal,
    progress: () => world.progress(log.taken(), log.size),
    also: ({ added, accesses, known }) => {
      const records = total(added) + total(accesses) + known;
      const name = source === '-' ? source : printable(path.resolve(source));
      const row = { carrier: 'database', trust: atMost, cursor: '{}', records, rejected: 0, duplicates: known };
      store.append({ tallies: [], losses: [], seen: [], source: { source: name, ...row, atMs: nowMs() } });
    },
  });
  const { added, accesses, known: duplicates, losses, lost, runs } = merged;
  const counts = { added, accesses, duplicates, markers: 0, argued: 0, others: 0, losses, lost, runs };
  const doubt = atMost === 'forgeable' && trust === undefined ? (log.doubt ?? 'it came by a pipe') : undefined;
  const read = {
    bytes: log.taken(),
    joins: { joined: 0, unmatched: 0, left: 0 },
    rejected: [],
    error: undefined,
    interrupted: false,
  };
  return { ...counts, source, carrier: 'database', trust: atMost, doubt, ...read };
}

/** How a database file begins (sqlite.org/fileformat.html). */
const SQLITE = 'SQLite format 3\0';

function isSqlite(head: Buffer): boolean {
  return head.toString('latin1', 0, SQLITE.length) === SQLITE;
}

/** A database file goes through its own export: what comes from elsewhere is checked, whatever form it has. */
async function readSqlite(log: OpenLog, request: ImportRequest, world: ImportWorld): Promise<ImportReport> {
  if (request.source === '-')
    throw new UsageError('standard input is a database file: name the file, or pipe its export');
  const other = openStore(request.source, { readonly: true });
  try {
    return await readDatabase(log, exported(other), request, world);
  } finally {
    other.close();
  }
}

async function* exported(store: Store): AsyncGenerator<Buffer> {
  for (const text of exportText(store, 'a database file')) yield Buffer.from(text);
}

function total(counts: Readonly<Record<Trust, number>>): number {
  return counts.kernel + counts.file + counts.forgeable;
}

function reported({ types: _types, reasons: _reasons, ...counts }: Readonly<Counts>): Reported {
  return counts;
}

/** The operator's word, or what carrier and owner are worth, whichever is less. */
function trustOf(carrier: Carrier | undefined, { atMost }: OpenLog, { trust }: ImportRequest): Trust {
  if (trust !== undefined || carrier === undefined) return trust ?? atMost;
  const most = defaultTrust(carrier);
  return atLeast(atMost, most) ? most : atMost;
}

/** What could be read before the source failed; the failure goes to `note`. */
async function* untilError(chunks: AsyncIterable<Buffer>, note: (thrown: unknown) => void): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
  } catch (thrown) {
    note(thrown);
  }
}
