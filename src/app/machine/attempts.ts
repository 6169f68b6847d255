import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { messageOf } from '../../errors.ts';
import { nativePart } from '../../launch/native.ts';

/** What came of trying something on this machine. */
export type Attempt = { readonly works: true; readonly told: string } | { readonly works: false; readonly why: string };

/** The kernel's audit status as audit-listen gives it (struct audit_status, include/uapi/linux/audit.h). */
export interface AuditStatus {
  readonly enabled: number;
  /** Process id of auditd; 0: there is none. */
  readonly pid: number;
  /** Records a second; 0: no limit. */
  readonly rateLimit: number;
  readonly backlogLimit: number;
  /** Ticks that a program waits for room in the backlog. */
  readonly backlogWaitTime: number;
  /** Records that the kernel lost since boot. */
  readonly lost: number;
  /** Rules of the exclude list that hide system-call records, as text. */
  readonly exclude: readonly string[];
}

/** How long a part may take before it counts as hung, and a record until it counts as missing. */
const TIMEOUT_MS = 5000;
const RECORD_MS = 1000;

/** Runs a small program; works where it exits with 0, and tells its standard output. */
export function tryProgram(path: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Attempt {
  const { status, signal, error, stdout, stderr } = spawnSync(path, args, {
    env,
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
  });
  if (status === 0) return { works: true, told: stdout.trim() };
  const last = stderr?.trim().split('\n').at(-1);
  return { works: false, why: error?.message ?? (last || `${path} ended with ${signal ?? status}`) };
}

export function tryAuditStatus(): Attempt & { readonly status?: AuditStatus } {
  const attempt = tryProgram(nativePart('audit-listen'), ['--status']);
  if (!attempt.works) return attempt;
  try {
    return { ...attempt, status: statusOf(JSON.parse(attempt.told)) };
  } catch (error) {
    return { works: false, why: `audit-listen --status: ${messageOf(error)}` };
  }
}

function statusOf(told: Readonly<Record<string, unknown>>): AuditStatus {
  const exclude = told['exclude'];
  return {
    enabled: Number(told['enabled']),
    pid: Number(told['pid']),
    rateLimit: Number(told['rate_limit']),
    backlogLimit: Number(told['backlog_limit']),
    backlogWaitTime: Number(told['backlog_wait_time']),
    lost: Number(told['lost']),
    exclude: Array.isArray(exclude) ? exclude.map(String) : [],
  };
}

/**
 * Proves the whole path: listens as `observe` does (`--kmsg`: to the kernel's log), starts a program whose calls are logged,
 * and waits for the record of it.
 */
export async function tryRecord(startLogged: () => number | undefined, options: readonly string[]): Promise<Attempt> {
  const listener = spawn(nativePart('audit-listen'), options, { stdio: ['ignore', 'pipe', 'pipe'], env: {} });
  const complaint = lastLine(listener);
  const stop = () => void listener.kill('SIGTERM');
  let clock = setTimeout(stop, TIMEOUT_MS);
  try {
    let pid: number | undefined;
    for await (const line of createInterface({ input: listener.stdout })) {
      if (line.startsWith('#ready')) {
        pid = startLogged();
        clearTimeout(clock);
        clock = setTimeout(stop, RECORD_MS);
        if (pid === undefined) return { works: false, why: 'no program could be started under a logging filter' };
      }
      if (pid !== undefined && line.includes('type=1326 ') && line.includes(` pid=${pid} `))
        return { works: true, told: 'a record came' };
    }
    return { works: false, why: (await complaint) || 'a logged call brought no record' };
  } catch (error) {
    return { works: false, why: messageOf(error) };
  } finally {
    clearTimeout(clock);
    listener.kill('SIGTERM');
  }
}

async function lastLine(listener: ChildProcess): Promise<string> {
  let text = '';
  listener.stderr?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await once(listener, 'close').catch((error: unknown) => (text += messageOf(error)));
  return text.trim().split('\n').at(-1) ?? '';
}
