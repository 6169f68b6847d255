import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from './daemon.ts';

/** A log's real maker, run by hand in a folder of the test's own. */
export interface Carrier {
  readonly log: string;
  stop(): Promise<void>;
}

const AUDITD = (folder: string) => `local_events = yes
write_logs = yes
log_file = ${folder}/audit.log
log_format = RAW
log_group = root
flush = NONE
freq = 0
max_log_file = 8
num_logs = 5
max_log_file_action = ROTATE
name_format = NONE
space_left = 1
space_left_action = IGNORE
admin_space_left = 0
admin_space_left_action = IGNORE
disk_full_action = IGNORE
disk_error_action = IGNORE
`;

/** Debian's auditd. While it runs the kernel's records go to it and not to the kernel's log: stop it soon. */
export async function startAuditd(folder: string): Promise<Carrier> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, 'auditd.conf'), AUDITD(folder));
  const child = spawn('auditd', ['-n', '-s', 'nochange', '-c', folder], { stdio: 'ignore' });
  await until(() => existsSync(join(folder, 'audit.log')) && auditPid() === child.pid);
  return { log: join(folder, 'audit.log'), stop: () => stop(child) };
}

/** Whom the kernel sends its audit records to; 0: nobody. */
export const auditPid = (): number => auditStatus('pid');
export const auditEnabled = (): number => auditStatus('enabled');

function auditStatus(field: string): number {
  const status = execFileSync('auditctl', ['-s'], { encoding: 'utf8' });
  return Number(new RegExp(`^${field} (\\d+)$`, 'm').exec(status)?.[1]);
}

export interface Rsyslog extends Carrier {
  /** What stands for /dev/log: every user may write to it. */
  readonly socket: string;
}

const RSYSLOG = (folder: string) => `module(load="imuxsock" SysSock.Use="off")
module(load="imklog" PermitNonKernelFacility="off")
input(type="imuxsock" Socket="${folder}/log" ParseHostname="off" UsePIDFromSystem="off" IgnoreTimestamp="off")
$FileCreateMode 0640
kern.* action(type="omfile" file="${folder}/kern.log" template="RSYSLOG_FileFormat")
*.* action(type="omfile" file="${folder}/syslog" template="RSYSLOG_FileFormat")
`;

/** Debian's rsyslogd with its template, on a socket of its own and the kernel's log. */
export async function startRsyslog(folder: string): Promise<Rsyslog> {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'rsyslog.conf'), RSYSLOG(folder));
  const words = ['-n', '-f', join(folder, 'rsyslog.conf'), '-i', join(folder, 'rsyslog.pid')];
  const child = spawn('rsyslogd', words, { stdio: 'ignore' });
  await until(() => existsSync(join(folder, 'log')) && existsSync(join(folder, 'syslog')));
  return { log: join(folder, 'kern.log'), socket: join(folder, 'log'), stop: () => stop(child) };
}

const JOURNALD = `mount -t tmpfs tmpfs /run && mkdir -p /run/log/journal /run/systemd/journal &&
mount --bind "$1" /run/log/journal && exec /lib/systemd/systemd-journald`;

/** Debian's journald, with a /run of its own; `log` is the directory of its journal. It keeps what it read of the kernel's log. */
export async function startJournald(folder: string): Promise<Carrier> {
  mkdirSync(folder, { recursive: true });
  const child = spawn('unshare', ['--mount', 'sh', '-c', JOURNALD, 'sh', folder], { stdio: 'ignore' });
  await until(() => readdirSync(folder).some((machine) => existsSync(join(folder, machine, 'system.journal'))));
  return { log: folder, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

const NOBODY = ['--reuid=65534', '--regid=65534', '--clear-groups'];
const NOTHING = ['--inh-caps=-all', '--bounding-set=-all'];
const AUDIT_WRITE = ['-all,+audit_write'].flatMap((caps) => [
  `--inh-caps=${caps}`,
  `--ambient-caps=${caps}`,
  `--bounding-set=${caps}`,
]);

/** As user nobody without any capability: any local user can. `forge` is the built test/live/programs/forge.c. */
export function writeToSyslog(forge: string, socket: string, text: string): void {
  execFileSync('setpriv', [...NOBODY, ...NOTHING, forge, 'syslog', socket, text]);
}

/** As user nobody with CAP_AUDIT_WRITE alone, as programs in containers have it. */
export function writeToAudit(forge: string, text: string): void {
  execFileSync('setpriv', [...NOBODY, ...AUDIT_WRITE, forge, 'audit', text]);
}

export interface Event {
  readonly serial: number;
  readonly nr: number;
}

/** What the real auditd wrote of a program: the truth. */
export function recordsIn(log: string, exe: string): Event[] {
  const lines = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.includes(`exe="${exe}"`));
  return lines.map((line) => {
    const [, serial, nr] = /:(\d+)\): .* syscall=(\d+) /.exec(line) ?? [];
    return { serial: Number(serial), nr: Number(nr) };
  });
}

/** printk's rate limit may swallow it: it is then made again. */
export async function untilPrinted(log: string, make: () => void, text: string): Promise<void> {
  for (let left = 4; left > 0; left--) {
    make();
    for (let end = Date.now() + 1500; Date.now() < end; await sleep(50)) {
      if (readFileSync(log, 'utf8').includes(text)) return;
    }
    await sleep(4500);
  }
  throw new Error(`the kernel did not print ${text}`);
}
