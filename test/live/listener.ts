import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { NATIVE } from './cli.ts';
import { until } from './daemon.ts';
import { ACTIVATE, NOBODY } from './service-listen.ts';

const AUDIT_LISTEN = join(NATIVE, 'audit-listen');

export interface Listener {
  readonly child: ChildProcess;
  readonly said: () => string;
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/** audit-listen with what systemd hands over to profiler-listen.service, its socket at PATH; resolves once it serves. */
export async function startListenService(
  path: string,
  options: readonly string[] = [],
  uid = NOBODY,
): Promise<Listener> {
  rmSync(path, { force: true });
  const words = [ACTIVATE, path, String(uid), AUDIT_LISTEN, '--serve', ...options];
  const child = spawn('python3', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  // Its filter is the last thing that it sets up.
  await until(() => existsSync(path) && /^Seccomp:\t2$/m.test(statusOf(child)), 30_000);
  return { child, said: () => said, end: (signal = 'SIGTERM') => end(child, signal) };
}

export function statusOf({ pid }: ChildProcess): string {
  return readFileSync(`/proc/${pid}/status`, 'utf8');
}

/** Every record of the kernel, by audit-listen itself, into FILE: the truth. */
export async function startOracle(file: string): Promise<Listener> {
  const child = spawn(AUDIT_LISTEN, [], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.pipe(createWriteStream(file));
  await until(() => existsSync(file) && readFileSync(file, 'utf8').startsWith('#ready'));
  return { child, said: () => readFileSync(file, 'utf8'), end: (signal = 'SIGTERM') => end(child, signal) };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = once(child, 'close');
    child.kill(signal);
    await gone;
  }
  return child.exitCode;
}
