import { type ChildProcess, spawn } from 'node:child_process';

/** What the service manager is told (sd_notify(3)). Without one, nothing is told and nothing fails. */
export interface Notify {
  /** Assignments of one message: `READY=1`. */
  send(...assignments: readonly string[]): void;
  close(): Promise<void>;
}

const NEWLINE_INSIDE = '\x1f';

export interface NotifyWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  /** The helper that sends: Node has no datagram sockets of that family. */
  readonly program: string;
  readonly failed: (why: string) => void;
}

/**
 * Starts the helper where NOTIFY_SOCKET is set, and keeps a watchdog quiet at half its time while this process' event
 * loop runs. The unit needs NotifyAccess=all, as the helper is a process of its own.
 */
export function startNotify({ env, pid, program, failed }: NotifyWorld): Notify {
  const socket = env['NOTIFY_SOCKET'];
  if (!socket) return { send: () => undefined, close: () => Promise.resolve() };
  const child = spawn(program, [], {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: { NOTIFY_SOCKET: socket },
    detached: true,
  });
  const closed = untilClosed(child, failed);
  child.stdin.on('error', () => undefined);
  const send = (...assignments: readonly string[]) => {
    if (child.stdin.writable) child.stdin.write(`${assignments.map(oneLine).join(NEWLINE_INSIDE)}\n`);
  };
  const dog = startDog(env, pid, () => send('WATCHDOG=1'));
  return {
    send,
    close: () => {
      clearInterval(dog);
      child.stdin.end();
      return closed;
    },
  };
}

function untilClosed(child: ChildProcess, failed: (why: string) => void): Promise<void> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  return new Promise((resolve) => {
    child.on('error', (error) => {
      failed(error.message);
      resolve();
    });
    child.on('close', (code) => {
      if (code !== 0) failed(said.trim() || 'notify was killed');
      resolve();
    });
  });
}

/** sd_watchdog_enabled(3): meant for this process, or for whoever reads it. */
function startDog(env: NotifyWorld['env'], pid: number, bark: () => void): NodeJS.Timeout | undefined {
  const micros = Number(env['WATCHDOG_USEC'] ?? 0);
  const mine = env['WATCHDOG_PID'] === undefined || Number(env['WATCHDOG_PID']) === pid;
  if (!mine || !Number.isFinite(micros) || micros <= 0) return undefined;
  return setInterval(bark, micros / 2000).unref();
}

/** A message may hold a path. */
function oneLine(text: string): string {
  return text.replaceAll('\n', ' ').replaceAll(NEWLINE_INSIDE, ' ');
}
