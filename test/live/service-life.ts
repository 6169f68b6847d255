import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { auditLog, T0 } from '../app/audit-lines.ts';
import { record } from '../observe/records.ts';

const HELLO = fileURLToPath(new URL('../../native/examples/hello.c', import.meta.url));

const lines = (from: number, count: number) =>
  Array.from({ length: count }, (_, at) => auditLog(record([T0, from + at]))).join('');

export interface Lifetime {
  /** More than the daemon takes for anything on that machine. */
  readonly watchdogS: number;
  /** Killed, hung, pruned: the more for which the daemon starts again. */
  readonly trouble: boolean;
}

/**
 * What the service meets under a systemd that has just booted, as sh for a machine where the profiler is installed by npm and
 * FOLDER, which gets what it needs, is /run/checks: installed, ready, reads a file and the journal, reloaded, stopped.
 */
export function lifeUnderSystemd(folder: string, { watchdogS, trouble }: Lifetime): string {
  writeFileSync(join(folder, 'first.log'), lines(1, 50));
  writeFileSync(join(folder, 'second.log'), lines(51, 30));
  execFileSync('gcc', ['-o', join(folder, 'hello'), HELLO]);
  return [BEGIN.replace('WATCHDOG', `${watchdogS}s`), ...(trouble ? [TROUBLE] : []), END].join('');
}

/** What is wrong in what that life said: lines that it lacks, and lines that it must not have. */
export function amiss(said: string, { trouble }: Lifetime): string[] {
  const told = said.split('\n');
  const wanted = trouble ? [...LIVED, ...TROUBLED] : LIVED;
  return [
    ...wanted
      .filter((line) => !told.some((one) => (typeof line === 'string' ? one === line : line.test(one))))
      .map(String),
    ...told.filter((line) => /not said|SIGSYS|31\/SYS/.test(line)),
  ];
}

/** `said WHAT REGEX COMMAND…` waits for what a command says and gives the lines that match. */
const BEGIN = `
said() {
	what=$1 regex=$2
	shift 2
	for _ in $(seq 300); do
		if "$@" 2>&1 | grep -E "$regex" >/tmp/lines; then
			sed "s/^ */$what: /" /tmp/lines
			return
		fi
		sleep 0.1
	done
	echo "$what: not said: $regex"
	"$@"
	journalctl -o cat -u profiler
}
cd /usr/local/lib/node_modules/profiler
systemd/install
mkdir /etc/systemd/system/profiler.service.d
printf '[Service]\\nWatchdogSec=WATCHDOG\\nRestartSec=100ms\\n' >/etc/systemd/system/profiler.service.d/faster.conf
systemctl daemon-reload
install -d -m 750 -g adm /var/log/audit
install -m 640 -g adm /run/checks/first.log /var/log/audit/audit.log

systemctl start profiler && echo started
systemctl show profiler -p ActiveState -p StatusText
pid=$(systemctl show --value -p MainPID profiler)
grep -E '^(Cap(Prm|Eff|Bnd|Amb)|NoNewPrivs|Seccomp):' "/proc/$pid/status" | tr -s '\\t0' ' 0'
said file 'audit.log .*: 50 records' profiler status
LD_PRELOAD=$PWD/native/build/libsandbox.so SECCOMP_SYSCALL_ALLOW= SECCOMP_DEFAULT_ACTION=log SECCOMP_QUIET=1 \\
	/run/checks/hello
said journal '^SECCOMP_SYSCALL_ALLOW=brk:exit_group:getrandom:newfstatat:write$' profiler suggest --exe /run/checks/hello
systemctl reload profiler && echo reloaded
said reload 'was read again' journalctl -o cat -u profiler
`;

const TROUBLE = `
kill -KILL "$pid"
cat /run/checks/second.log >>/var/log/audit/audit.log
said killed 'NRestarts=1' systemctl show profiler -p NRestarts
said again 'audit.log .*: 80 records' profiler status
kill -STOP "$(systemctl show --value -p MainPID profiler)"
# Nobody but the watchdog ends it.
said hung 'NRestarts=2' systemctl show profiler -p NRestarts
said alive 'ActiveState=active' systemctl show profiler -p ActiveState
systemctl start profiler-prune
echo "prune: $(systemctl show --value -p Result profiler-prune)"
said pruned . journalctl -o cat -u profiler-prune
`;

const END = `
systemctl stop profiler
echo "stopped:" $(systemctl show --value -p ActiveState profiler) $(systemctl show --value -p Result profiler)
stat -c '%U %a %n' /var/lib/profiler /var/lib/profiler/profiler.db
journalctl -o cat -u profiler
`;

const LIVED: readonly (string | RegExp)[] = [
  'started',
  'StatusText=reading 2 sources',
  ...['Prm', 'Eff', 'Bnd', 'Amb'].map((set) => `Cap${set}: 0`),
  'NoNewPrivs: 1',
  'Seccomp: 2',
  /^file: source .*: 50 records, 0 rejected, 0 seen before/,
  'journal: SECCOMP_SYSCALL_ALLOW=brk:exit_group:getrandom:newfstatat:write',
  'reloaded',
  'stopped: inactive success',
  'profiler 750 /var/lib/profiler',
  'profiler 600 /var/lib/profiler/profiler.db',
];

const TROUBLED: readonly (string | RegExp)[] = [
  'killed: NRestarts=1',
  /^again: source .*: 80 records, 0 rejected, 0 seen before/,
  'hung: NRestarts=2',
  'alive: ActiveState=active',
  'prune: success',
];
