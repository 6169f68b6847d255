import type { Run, RunEnd, RunTally } from './store.ts';

/** A run as SQL gives it. */
export interface RunRow {
  readonly run_id: number;
  readonly kind: Run['kind'];
  readonly stage: Run['stage'];
  readonly mode: Run['mode'];
  readonly name: string | null;
  readonly exe: string;
  readonly argv: string;
  readonly build_id: string;
  readonly sha256: string;
  readonly host: string | null;
  readonly boot_id: string | null;
  readonly ses: number | null;
  readonly pid: number | null;
  readonly uid: number | null;
  readonly kernel: string | null;
  readonly libc: string | null;
  readonly started_ms: number;
  readonly stdout: NonNullable<Run['stdout']> | null;
  readonly ended_ms: number | null;
  readonly complete: number | null;
  readonly why: string | null;
  readonly exit_code: number | null;
  readonly exit_signal: string | null;
  readonly new_calls: number | null;
  readonly sessions: string;
  readonly records: number;
  readonly calls: number;
  readonly has_loss: number;
  readonly lost: number | null;
}

export type TallyRow = RunTally;

export function runOf(row: RunRow): Run {
  return {
    id: row.run_id,
    kind: row.kind,
    stage: row.stage,
    mode: row.mode,
    name: row.name ?? undefined,
    exe: row.exe,
    argv: JSON.parse(row.argv) as string[],
    buildId: row.build_id || undefined,
    sha256: row.sha256 || undefined,
    host: row.host ?? undefined,
    bootId: row.boot_id ?? undefined,
    ses: row.ses ?? undefined,
    pid: row.pid ?? undefined,
    uid: row.uid ?? undefined,
    kernel: row.kernel ?? undefined,
    libc: row.libc ?? undefined,
    startedMs: row.started_ms,
    stdout: row.stdout ?? undefined,
    end: endOf(row),
    sessions: JSON.parse(row.sessions) as number[],
    records: row.records,
    calls: row.calls,
    lost: row.has_loss === 0 ? 0 : (row.lost ?? undefined),
  };
}

function endOf(row: RunRow): RunEnd | undefined {
  if (row.ended_ms === null) return undefined;
  return {
    endedMs: row.ended_ms,
    complete: row.complete === 1,
    why: row.why ?? undefined,
    exitCode: row.exit_code ?? undefined,
    exitSignal: row.exit_signal ?? undefined,
    newCalls: row.new_calls ?? undefined,
  };
}
