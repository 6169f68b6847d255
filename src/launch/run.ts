import { spawn } from 'node:child_process';
import { errnoOf, messageOf, RefusedError } from '../errors.ts';
import { passSignals } from './pass-signals.ts';
import type { Launch } from './plan.ts';
import { runsSecure } from './prove.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** How a program ended. */
export type Ended =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: NodeJS.Signals };

/**
 * Starts what was planned with this process' own standard streams, passes signals on to it and waits for its end.
 * Refused where it cannot be started: 126 or 127 as env(1), else 125.
 */
export async function runLaunch(launch: Launch, env: Env): Promise<Ended> {
  const child = spawn(launch.path, launch.argv.slice(1), {
    argv0: launch.argv[0] ?? launch.path,
    env: launchEnv(launch, env),
    stdio: 'inherit',
  });
  const stopPassing = passSignals((signal) => child.kill(signal));
  try {
    return await new Promise<Ended>((resolve, reject) => {
      child.once('error', (error) => reject(cannotStart(launch.path, error)));
      child.once('spawn', () => {
        if (child.pid === undefined || launch.set['LD_PRELOAD'] === undefined || !runsSecure(child.pid)) return;
        child.kill('SIGKILL');
        reject(
          new RefusedError(`${launch.path}: was killed: a security module makes its loader ignore LD_PRELOAD`, {
            exitCode: 125,
          }),
        );
      });
      child.once('exit', (code, signal) =>
        resolve(signal ? { kind: 'signal', signal } : { kind: 'exit', code: code ?? 125 }),
      );
    });
  } finally {
    stopPassing();
  }
}

/** The caller's environment with the launch's changes. */
export function launchEnv(launch: Launch, env: Env): Record<string, string> {
  const left = Object.entries({ ...env, ...launch.set }).filter(([name]) => !launch.unset.includes(name));
  return Object.fromEntries(left.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

const START_CODES: Readonly<Record<string, number>> = { ENOENT: 127, EACCES: 126, ENOEXEC: 126, EPERM: 126 };

function cannotStart(path: string, error: unknown): RefusedError {
  return new RefusedError(`${path}: cannot be started: ${messageOf(error)}`, {
    exitCode: START_CODES[errnoOf(error) ?? ''] ?? 125,
    cause: error,
  });
}
