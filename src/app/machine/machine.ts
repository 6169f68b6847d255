import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { release } from 'node:os';
import path from 'node:path';
import { errnoOf, messageOf } from '../../errors.ts';
import { elfOfFile } from '../../launch/file.ts';
import { inspectLoader, type Loader } from '../../launch/libc.ts';
import { nativePart } from '../../launch/native.ts';
import { openStore } from '../../store/open.ts';
import { statusFields } from '../status/status-fields.ts';
import { type Attempt, tryProgram, tryRecord } from './attempts.ts';
import { type LossFacts, readLossFacts, readText, words } from './loss-facts.ts';

/** What bears on observing and enforcing on this machine, read or tried. */
export interface Machine extends LossFacts {
  readonly kernel: string;
  /** Actions of kernel.seccomp.actions_avail; undefined where the kernel does not tell. */
  readonly actions: readonly string[] | undefined;
  readonly yamaScope: string | undefined;
  readonly clocksource: string | undefined;
  /** CapEff of this process, a bit a capability. */
  readonly capabilities: bigint;
  /** This process' own filters, and who traces it. */
  readonly filtered: boolean;
  readonly tracer: number;
  readonly records: Attempt;
  /** Tried only where `records` does not work. */
  readonly kmsg: Attempt | undefined;
  readonly session: Attempt;
  readonly preload: Attempt;
  readonly launcher: Attempt;
  readonly sessionRun: Attempt;
  readonly fileCaps: Attempt;
  readonly database: Attempt & { readonly path: string };
  readonly node: string;
  readonly loader: Loader | undefined;
}

/** Reads and tries this machine. Leaves two or three audit records and nothing else. */
export async function readMachine(database: string): Promise<Machine> {
  const status = statusFields(readText('/proc/self/status') ?? '');
  const preload = tryFilter(['/bin/sh'], PRELOAD);
  const launcher = tryFilter([nativePart('sandboxify'), '/bin/sh'], {});
  const startLogged = () => (preload.works || launcher.works ? startUnderLog(preload.works) : undefined);
  const facts = readLossFacts();
  const { logged } = facts;
  const silent = logged?.includes('log') ? undefined : { works: false as const, why: 'the kernel logs no such calls' };
  const records = silent ?? (await tryRecord(startLogged, []));
  return {
    kernel: release(),
    ...facts,
    actions: words('/proc/sys/kernel/seccomp/actions_avail'),
    yamaScope: readText('/proc/sys/kernel/yama/ptrace_scope'),
    clocksource: readText('/sys/devices/system/clocksource/clocksource0/current_clocksource'),
    capabilities: BigInt(`0x${status.get('CapEff') ?? '0'}`),
    filtered: status.get('Seccomp') === '2',
    tracer: Number(status.get('TracerPid') ?? 0),
    records,
    kmsg: records.works ? undefined : (silent ?? (await tryRecord(startLogged, ['--kmsg']))),
    session: tryProgram('/bin/sh', ['-c', `echo ${ownAuid()} > /proc/self/loginuid`]),
    preload,
    launcher,
    sessionRun: tryProgram(nativePart('session-run'), ['--help']),
    fileCaps: tryFileCaps(),
    database: { ...tryDatabase(database), path: database },
    node: process.versions.node,
    loader: ownLoader(),
  };
}

const PRELOAD = { LD_PRELOAD: nativePart('libsandbox.so') };

/** A filter that logs one call, which the shell makes when it writes. */
const LOGGED_WRITE = { SECCOMP_SYSCALL_DENY: 'write', SECCOMP_DEFAULT_ACTION: 'log', SECCOMP_QUIET: '1' };

/** The process id of a program that made a logged call. */
function startUnderLog(preload: boolean): number | undefined {
  const { pid, error } = preload
    ? spawnSync('/bin/sh', ['-c', 'echo'], { env: { ...LOGGED_WRITE, ...PRELOAD }, stdio: 'ignore' })
    : spawnSync(nativePart('sandboxify'), ['/bin/sh', '-c', 'echo'], { env: LOGGED_WRITE, stdio: 'ignore' });
  return error ? undefined : pid;
}

/** A program under our filter tells its own status. */
function tryFilter(start: readonly [string, ...string[]], env: NodeJS.ProcessEnv): Attempt {
  const tells = 'while read -r line; do echo "$line"; done < /proc/self/status';
  const [first, ...rest] = start;
  const attempt = tryProgram(first, [...rest, '-c', tells], {
    ...env,
    SECCOMP_SYSCALL_DENY: 'reboot',
    SECCOMP_QUIET: '1',
  });
  if (!attempt.works) return attempt;
  const on = /^Seccomp:\s*2$/m.test(attempt.told);
  return on
    ? { works: true, told: 'a program started by it had Seccomp: 2' }
    : { works: false, why: 'a program started by it had no filter' };
}

/** It answers 1 for a file without capabilities. */
function tryFileCaps(): Attempt {
  const { status, error } = spawnSync(nativePart('file-caps'), [process.execPath]);
  return status === 0 || status === 1
    ? { works: true, told: 'runs' }
    : { works: false, why: error?.message ?? `ended with ${status}` };
}

function tryDatabase(file: string): Attempt {
  try {
    if (!existsSync(file)) return tryMake(file);
    openStore(file, { readonly: true }).close();
  } catch (error) {
    return { works: false, why: messageOf(error) };
  }
  try {
    accessSync(file, constants.W_OK);
    return { works: true, told: 'opens and can be written' };
  } catch (error) {
    return { works: false, why: `${file}: can be read, but not written: ${errnoOf(error)}` };
  }
}

/** It and its folders are made when they are needed. */
function tryMake(file: string): Attempt {
  const folder = nearestFolder(file);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return { works: true, told: 'is not there yet and can be made' };
  } catch (error) {
    return { works: false, why: `${file}: cannot be made or seen: ${errnoOf(error)} at ${folder}` };
  }
}

function nearestFolder(file: string): string {
  let folder = path.dirname(path.resolve(file));
  while (!existsSync(folder)) folder = path.dirname(folder);
  return folder;
}

/** The audit user of this process where it is set, else its own uid: what a run's session is opened with. */
function ownAuid(): string {
  const auid = readText('/proc/self/loginuid');
  return auid === undefined || auid === '4294967295' ? String(process.getuid?.() ?? 0) : auid;
}

function ownLoader(): Loader | undefined {
  const { interpreter } = elfOfFile(process.execPath);
  return interpreter === undefined ? undefined : inspectLoader(interpreter);
}
