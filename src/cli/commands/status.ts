import { lossLedger } from '../../app/status/losses.ts';
import { type FilterFacts, type ProcessStatus, processStatus } from '../../app/status/process-status.ts';
import { recordsInAll, type StoreStatus, storeStatus } from '../../app/status/status.ts';
import { UsageError } from '../../errors.ts';
import { printable } from '../../record/name.ts';
import { TRUSTS } from '../../record/trust.ts';
import { columns } from '../columns.ts';
import { type Context, EXIT, type Outcome } from '../command.ts';
import { lossesTable } from '../losses-table.ts';
import { databaseOf } from '../options.ts';
import { plural } from '../plural.ts';
import { programNames } from '../program-name.ts';
import type { usage } from '../usage/status.ts';
import type { ArgsOf } from '../usage.ts';

type Args = ArgsOf<typeof usage>;

/** So many losses are shown where nobody says how many. */
const LOSSES = 50;

export async function run(args: Args, { stdout, env }: Context): Promise<Outcome> {
  const { db, pid, json, losses, exe, limit } = args;
  if (pid !== undefined) {
    if (!Number.isInteger(pid) || pid < 1) throw new UsageError('--pid: want a process id');
    const status = processStatus(pid);
    stdout.write(json ? asJson(status) : `${processText(status).join('\n')}\n`);
    return status.filtered ? EXIT.ok : EXIT.differs;
  }
  const database = databaseOf(db, env);
  if (losses) {
    stdout.write(lossesText(args, database, stdout.isTTY ? (stdout.columns ?? 80) : undefined));
    return EXIT.ok;
  }
  if (exe !== undefined || limit !== undefined)
    throw new UsageError('--exe and --limit choose losses: want --losses too');
  const status = storeStatus(database);
  if (json) stdout.write(asJson(status ?? { database, bytes: 0 }));
  else stdout.write(status ? storeText(status) : notThere(database));
  return EXIT.ok;
}

function lossesText({ exe, limit = LOSSES, json }: Args, database: string, width: number | undefined): string {
  if (!Number.isInteger(limit) || limit < 1) throw new UsageError('--limit: want a number of losses, 1 or more');
  const ledger = lossLedger(database, exe === undefined ? undefined : programNames(exe), limit);
  if (json) return asJson({ schema: 1, ...(ledger ?? { total: 0, losses: [] }) });
  return ledger ? lossesTable(ledger, width) : notThere(database);
}

function notThere(database: string): string {
  return `${printable(database)}: not there yet: nothing was observed or imported\n`;
}

function asJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function processText({ pid, exe, filtered, threads, filters }: ProcessStatus): string[] {
  const bare = threads.filter((thread) => thread.mode === 0);
  const all = threads.length === 1 ? 'its one thread' : `all ${threads.length} threads`;
  const what = threads.some((thread) => thread.mode === 1)
    ? 'seccomp is on (strict mode: read, write, exit)'
    : 'a filter is on';
  const on = filtered ? `${what} in ${all}` : `no filter in ${bare.length} of ${plural(threads.length, 'thread')}`;
  const noNewPrivs = threads.filter((thread) => thread.noNewPrivs).length;
  return [
    `process ${pid} (${exe ?? 'its program may not be read'}): ${on}`,
    ...bare.slice(0, 20).map((thread) => `  thread ${thread.tid} (${thread.comm}) has none`),
    `  no_new_privs: ${noNewPrivs === threads.length ? 'yes' : noNewPrivs === 0 ? 'no' : `in ${noNewPrivs} of ${plural(threads.length, 'thread')}`}`,
    ...filterText(filters, Math.max(...threads.map((thread) => thread.filters ?? 0))),
  ];
}

function filterText(filters: ProcessStatus['filters'], count: number): string[] {
  if ('cannotTell' in filters) return [`  filters: ${count}; whose cannot be told: ${printable(filters.cannotTell)}`];
  return [`  filters: ${filters.length}`, ...filters.map((filter, index) => `  filter ${index}: ${oneFilter(filter)}`)];
}

function oneFilter({ ours, defaultAction, instructions }: FilterFacts): string {
  return `${ours ? 'ours' : 'not ours'}, ${plural(instructions, 'instruction')}, default action ${defaultAction ?? 'not known'}`;
}

function storeText(status: StoreStatus): string {
  const { runs, records, lost, newest } = status;
  const byTrust = TRUSTS.filter((trust) => records[trust] > 0).map((trust) => `${trust} ${records[trust]}`);
  const unknown = lost.ofUnknownSize > 0 ? `, and ${plural(lost.ofUnknownSize, 'loss', 'losses')} of unknown size` : '';
  const places = Object.entries(lost.places).map(([reason, count]) => `${reason} in ${plural(count, 'place')}`);
  return `${columns([
    ['database', `${printable(status.database)} (${Math.ceil(status.bytes / 1024)} KiB)`],
    ['programs', String(status.programs)],
    [
      'runs',
      `${runs.observed} observed (${runs.complete} complete, ${runs.incomplete} incomplete, ${runs.known} with known calls allowed), ${runs.inferred} inferred`,
    ],
    ['records', `${recordsInAll(status)}${byTrust.length > 0 ? ` (${byTrust.join(', ')})` : ''}`],
    ['lost', `${lost.records}${unknown}${places.length > 0 ? ` (${places.join(', ')}; --losses lists them)` : ''}`],
    ['newest', newest ? `run ${newest.id}, ${newest.exe}, ${new Date(newest.startedMs).toISOString()}` : 'no run'],
    ['daemon', daemonText(status.daemon)],
    ...status.sources.map((source): [string, string] => ['source', sourceText(source)]),
  ])}\n`;
}

function daemonText(daemon: StoreStatus['daemon']): string {
  return daemon ? `pid ${daemon.pid}, since ${new Date(daemon.sinceMs).toISOString()}` : 'none that is known of';
}

function sourceText({
  source,
  carrier,
  trust,
  records,
  rejected,
  duplicates,
  atMs,
}: StoreStatus['sources'][number]): string {
  const figures = `${plural(records, 'record')}, ${rejected} rejected, ${duplicates} seen before`;
  return `${printable(source)} (${carrier}, ${trust}): ${figures}, last read ${new Date(atMs).toISOString()}`;
}
