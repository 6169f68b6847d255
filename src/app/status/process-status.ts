import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { errnoOf, messageOf, RefusedError } from '../../errors.ts';
import { nativePart } from '../../launch/native.ts';
import { printable } from '../../record/name.ts';
import { statusFields } from './status-fields.ts';

/** proc_pid_status(5) of one thread. */
export interface ThreadStatus {
  readonly tid: number;
  /** Printable text. */
  readonly comm: string;
  /** 0 none, 1 strict, 2 filter. */
  readonly mode: number;
  /** Undefined before Linux 5.9. */
  readonly filters: number | undefined;
  readonly noNewPrivs: boolean;
}

export interface ProcessStatus {
  readonly pid: number;
  /** Printable text; undefined where it may not be read. */
  readonly exe: string | undefined;
  /** A filter is on in every thread. */
  readonly filtered: boolean;
  readonly threads: readonly ThreadStatus[];
  /** The filters, oldest first, as `sandboxify --dump --json` tells them; or why they cannot be told. */
  readonly filters: readonly FilterFacts[] | { readonly cannotTell: string };
}

/** One loaded filter; `ours`: signed as libsandbox.so and sandboxify sign theirs. */
export interface FilterFacts {
  readonly ours: boolean;
  readonly defaultAction: string | undefined;
  readonly instructions: number;
}

/** Whether a running process is under a filter, thread by thread. Throws RefusedError where there is no such process. */
export function processStatus(pid: number): ProcessStatus {
  const threads = readThreads(pid);
  const filtered = threads.every((thread) => thread.mode !== 0);
  return {
    pid,
    exe: readExe(pid),
    filtered,
    threads,
    filters: threads.some((thread) => thread.mode === 2) ? readFilters(pid) : [],
  };
}

function readThreads(pid: number): ThreadStatus[] {
  try {
    const tids = readdirSync(`/proc/${pid}/task`);
    const threads = tids.flatMap((tid) => readThread(pid, Number(tid)) ?? []);
    if (threads.length > 0) return threads;
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
  throw new RefusedError(`there is no process ${pid}`);
}

/** Undefined for a thread that has ended meanwhile. */
function readThread(pid: number, tid: number): ThreadStatus | undefined {
  try {
    const folder = `/proc/${pid}/task/${tid}`;
    const fields = statusFields(readFileSync(`${folder}/status`, 'utf8'));
    const filters = fields.get('Seccomp_filters');
    return {
      tid,
      comm: printable(readFileSync(`${folder}/comm`).subarray(0, -1)),
      mode: Number(fields.get('Seccomp') ?? 0),
      filters: filters === undefined ? undefined : Number(filters),
      noNewPrivs: fields.get('NoNewPrivs') === '1',
    };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ESRCH') return undefined;
    throw error;
  }
}

function readExe(pid: number): string | undefined {
  try {
    return printable(readlinkSync(`/proc/${pid}/exe`, 'buffer'));
  } catch {
    return undefined;
  }
}

function readFilters(pid: number): ProcessStatus['filters'] {
  const args = ['--dump', '--pid', String(pid), '--json'];
  const { status, error, stdout, stderr } = spawnSync(nativePart('sandboxify'), args, {
    encoding: 'utf8',
    timeout: 5000,
  });
  if (status !== 0)
    return {
      cannotTell: error?.message ?? (stderr.trim().replace(/^sandboxify: /, '') || `sandboxify ended with ${status}`),
    };
  try {
    return filtersOf(JSON.parse(stdout));
  } catch (parseError) {
    return { cannotTell: `sandboxify --dump: ${messageOf(parseError)}` };
  }
}

function filtersOf(told: { readonly filters: readonly Readonly<Record<string, unknown>>[] }): FilterFacts[] {
  return told.filters.map((filter) => ({
    ours: filter['ours'] === true,
    defaultAction: typeof filter['defaultAction'] === 'string' ? filter['defaultAction'] : undefined,
    instructions: Number(filter['instructions']),
  }));
}
