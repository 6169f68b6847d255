import type { AuditCounters, SessionLine } from '../../launch/session-lines.ts';
import { Images } from '../../observe/images.ts';
import { Processes } from '../../observe/processes.ts';
import { RunWindow } from '../../observe/run-window.ts';
import { Sessions } from '../../observe/sessions.ts';
import type { LogRecord, SeccompRecord, SyscallRecord } from '../../record/record.ts';

export interface ObservedSessionOptions {
  readonly nonce: number;
  /** False in a pid namespace of our own: the kernel logs the initial namespace's pids. */
  readonly comparePids: boolean;
  /** Pids that were there before the run. */
  readonly before: ReadonlySet<number>;
  readonly ours: (record: SeccompRecord) => void;
  /** An audit rule's record of anybody's call, after those that `ours` gave of what came before. */
  readonly returned: (record: SyscallRecord) => void;
}

/** How CMD ended. */
export interface MainExit {
  readonly how: 'code' | 'signal';
  readonly number: number;
}

/** What session-run says and what the kernel's log says of one run, put together. */
export class ObservedSession {
  readonly #options: ObservedSessionOptions;
  #held: LogRecord[] = [];
  #window: RunWindow | undefined;
  #sessions: Sessions | undefined;
  #processes: Processes | undefined;

  /** The session that the run's records carry; `errno`: why it is the caller's and not its own. */
  identity: { readonly ses: number; readonly errno: string | undefined } | undefined;
  before: AuditCounters | undefined;
  after: AuditCounters | undefined;
  /** Why the kernel's lost counter is not known. */
  statusError: string | undefined;
  markerError: string | undefined;
  execError: string | undefined;
  mainPid: number | undefined;
  mainExit: MainExit | undefined;
  endMarked = false;
  /** Descendants that still ran when the run was ended. */
  running = 0;
  /** The number that the next session on this machine got after the run. */
  nextSes: number | undefined;
  readonly left = new Map<number, number>();
  readonly images = new Images();

  constructor(options: ObservedSessionOptions) {
    this.#options = options;
  }

  get comparePids(): boolean {
    return this.#options.comparePids;
  }

  get window(): RunWindow | undefined {
    return this.#window;
  }

  get sessions(): Sessions | undefined {
    return this.#sessions;
  }

  get processes(): Processes | undefined {
    return this.#processes;
  }

  /** A record of the kernel's log. Those that come before the session is known wait for it. */
  push(record: LogRecord): void {
    if (this.#window) this.#give(this.#window, record);
    else this.#held.push(record);
  }

  hear(line: SessionLine): void {
    switch (line.kind) {
      case 'session':
        return this.#open(line.ses, undefined);
      case 'no-session':
        return this.#open(line.ses, line.errno);
      case 'status':
        if (this.mainPid === undefined) this.before = line.status;
        else this.after = line.status;
        return undefined;
      case 'status-error':
        this.statusError = line.errno;
        return undefined;
      case 'marker':
        if (line.which === 'end') this.endMarked = true;
        return this.#window?.name(line.which, line.pid);
      case 'marker-error':
        this.markerError = line.errno;
        return undefined;
      case 'started':
        this.mainPid = line.pid;
        return undefined;
      case 'exec-error':
        this.execError = line.errno;
        return undefined;
      case 'left':
        this.left.set(line.pid, line.ses);
        return this.#sessions?.adopt(line.ses, 'process-tree');
      case 'process':
        return this.#processes?.confirm(line.pid);
      case 'main-exit':
        this.mainExit = { how: line.how, number: line.number };
        return undefined;
      case 'running':
        this.running = line.processes;
        return undefined;
      case 'forked':
      case 'executed':
      case 'mapped':
        return this.images.push(line);
      case 'no-maps':
        return undefined;
      case 'sessions':
        this.nextSes = line.next;
        return undefined;
    }
  }

  #open(ses: number, errno: string | undefined): void {
    const { nonce, comparePids, before, ours } = this.#options;
    this.identity = { ses, errno };
    if (errno === undefined) this.#sessions = new Sessions(ses, ours);
    else this.#processes = new Processes(ses, before, ours);
    const attribution = this.#sessions ?? (this.#processes as Processes);
    this.#window = new RunWindow({ nonce, ses, comparePids }, attribution);
    for (const record of this.#held) this.#give(this.#window, record);
    this.#held = [];
  }

  #give(window: RunWindow, record: LogRecord): void {
    window.push(record);
    if (record.kind === 'syscall') this.#options.returned(record);
  }
}
