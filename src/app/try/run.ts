import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { messageOf, RefusedError } from '../../errors.ts';
import { passSignals } from '../../launch/pass-signals.ts';
import type { Ended } from '../../launch/run.ts';
import type { Trial } from './plan.ts';

/** Starts a trial with our standard error for both its outputs, passes signals on and waits for its end. */
export async function runTrial(trial: Trial): Promise<Ended> {
  const input = trial.input && descriptorOf(trial.input);
  const child = spawn(trial.path, trial.args, {
    argv0: trial.argv0 ?? trial.path,
    env: trial.env,
    stdio: ['inherit', 2, trial.killedSign ? 'pipe' : 2, ...(input === undefined ? [] : [input])],
  });
  const said = child.stderr ? passOn(child.stderr) : () => '';
  const stopPassing = passSignals((signal) => child.kill(signal));
  try {
    return await new Promise<Ended>((resolve, reject) => {
      child.once('error', (error) =>
        reject(new RefusedError(`--try: ${trial.path}: cannot be started: ${messageOf(error)}`, { cause: error })),
      );
      child.once('close', (code, signal) => {
        const killer = trial.killedSign?.test(said()) ? 'SIGSYS' : signal;
        resolve(killer ? { kind: 'signal', signal: killer } : { kind: 'exit', code: code ?? 125 });
      });
    });
  } finally {
    stopPassing();
    trial.cleanUp?.();
  }
}

/** So much of the end of what was said is looked at. */
const TAIL = 4096;

/** Gives on to standard error what a stream says; what it said last can be asked for. */
function passOn(stream: Readable): () => string {
  let last = '';
  stream.on('data', (chunk: Buffer) => {
    process.stderr.write(chunk);
    last = (last + chunk.toString()).slice(-TAIL);
  });
  return () => last;
}

/** A file without a name that holds these bytes; it goes with the process. */
function descriptorOf(bytes: Uint8Array): number {
  const folder = mkdtempSync(path.join(tmpdir(), 'profiler-try-'));
  try {
    const file = path.join(folder, 'program');
    writeFileSync(file, bytes, { mode: 0o600 });
    return openSync(file, 'r');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
