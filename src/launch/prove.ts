import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { messageOf } from '../errors.ts';
import type { Launch, LaunchRequest } from './plan.ts';

/**
 * Why a planned launch would not put the filter on, found by trying what can be tried before the program runs; undefined:
 * nothing stands against it. ld.so only warns where it cannot load a library and starts the program without it (the file
 * is gone, unreadable, on a noexec mount), so it is asked beforehand what it would load: `--list` starts nothing.
 */
export function whyLaunchFails(launch: Launch, request: LaunchRequest): string | undefined {
  const { stage, program, libsandbox } = request;
  const gone = whyPartMissing(request);
  if (gone !== undefined || stage === 'launcher' || !program.loader) return gone;
  const env = { LD_PRELOAD: launch.set['LD_PRELOAD'] };
  const { status, error, stdout, stderr } = spawnSync(program.loader.path, ['--list', program.exe], {
    env,
    encoding: 'utf8',
  });
  if (error) return `cannot ask ${program.loader.path}: ${error.message}`;
  const loaded = stdout.split('\n').some((line) => line.trim().startsWith(`${libsandbox} `));
  if (status === 0 && loaded) return undefined;
  return `would run without its filter: ${stderr.trim().split('\n')[0] || `its loader does not load ${libsandbox}`}`;
}

/** Why the part that puts the filter on at this stage cannot; undefined: it is there. */
export function whyPartMissing({
  stage,
  libsandbox,
  sandboxify,
}: Pick<LaunchRequest, 'stage' | 'libsandbox' | 'sandboxify'>): string | undefined {
  return stage === 'launcher' ? missing(sandboxify, constants.X_OK) : missing(libsandbox, constants.R_OK);
}

function missing(part: string, mode: number): string | undefined {
  try {
    accessSync(part, mode);
    return undefined;
  } catch (error) {
    return `needs ${part}: ${messageOf(error)}; build it (npm run build), or install profiler again`;
  }
}

const AT_NULL = 0n;
const AT_SECURE = 23n;

/**
 * Has the kernel told this process' loader to ignore LD_PRELOAD? Beyond set-id and file capabilities, which are seen
 * beforehand, a security module can do so (bprm secureexec). False where the process is gone or may not be read.
 */
export function runsSecure(pid: number): boolean {
  try {
    return isSecure(readFileSync(`/proc/${pid}/auxv`));
  } catch {
    return false;
  }
}

/** Pairs of 64-bit words (getauxval(3)); a 32-bit program is not started by preload. */
export function isSecure(auxv: Buffer): boolean {
  const read = process.arch === 's390x' ? auxv.readBigUInt64BE.bind(auxv) : auxv.readBigUInt64LE.bind(auxv);
  for (let at = 0; at + 16 <= auxv.length; at += 16) {
    if (read(at) === AT_NULL) return false;
    if (read(at) === AT_SECURE) return read(at + 8) !== 0n;
  }
  return false;
}
