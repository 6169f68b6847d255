import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { auditLog, T0 } from '../app/audit-lines.ts';
import { record } from '../observe/records.ts';

/** Copies of one program, each run at another time. */
const HELLOS = ['hello', 'heard', 'kept', 'held'];
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
  for (const name of HELLOS) execFileSync('gcc', ['-o', join(folder, name), HELLO]);
  return [BEGIN.replace('WATCHDOG', `${watchdogS}s`), ...(trouble ? [LISTENER, TROUBLE] : []), END].join('');
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

hello() {
	LD_PRELOAD=$PWD/native/build/libsandbox.so SECCOMP_SYSCALL_ALLOW= SECCOMP_DEFAULT_ACTION=log SECCOMP_QUIET=1 \\
		"/run/checks/$1"
}
learned() { said "$1" '^SECCOMP_SYSCALL_ALLOW=' profiler suggest --trust kernel --exe "/run/checks/$1"; }

systemctl start profiler && echo started
systemctl show profiler -p ActiveState -p StatusText
pid=$(systemctl show --value -p MainPID profiler)
label() { [ ! -d /sys/kernel/security/apparmor ] || sed "s/^/$1: /" "/proc/$2/attr/current"; }
label label "$pid"
grep -E '^(Cap(Prm|Eff|Bnd|Amb)|NoNewPrivs|Seccomp):' "/proc/$pid/status" | tr -s '\\t0' ' 0'
listener=$(systemctl show --value -p MainPID profiler-listen)
label 'listener label' "$listener"
grep -E '^(Uid|Cap(Prm|Eff|Bnd|Amb)|NoNewPrivs|Seccomp):' "/proc/$listener/status" | tr -s '\\t0' ' 0' | sed 's/^/listener /'
said file 'audit.log .*: 50 records' profiler status
hello hello
said journal '^SECCOMP_SYSCALL_ALLOW=brk:exit_group:getrandom:newfstatat:write$' profiler suggest --exe /run/checks/hello
systemctl reload profiler && echo reloaded
said reload 'was read again' journalctl -o cat -u profiler
`;

const LISTENER = `
# From now on nothing but the listener brings what the kernel says.
cat >/etc/profiler/profiler.toml <<'END'
database = "/var/lib/profiler/profiler.db"
[[source]]
kind = "netlink"
socket = "/run/profiler-listen/socket"
[[source]]
kind = "file"
path = "/var/log/audit/audit.log"
END
systemctl reload profiler
said reloaded '"sources":2.*was read again' journalctl -o cat -u profiler
hello heard
learned heard
# systemd keeps what comes while there is no listener.
kill -KILL "$listener"
hello kept
learned kept
said listener 'NRestarts=1' systemctl show profiler-listen -p NRestarts
# The listener keeps what comes while there is no daemon.
systemctl stop profiler
hello held
systemctl start profiler
learned held
pid=$(systemctl show --value -p MainPID profiler)
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
  'StatusText=reading 4 sources',
  ...['Prm', 'Eff', 'Bnd', 'Amb'].map((set) => `Cap${set}: 0`),
  'NoNewPrivs: 1',
  'Seccomp: 2',
  ...['CapPrm: 0', 'CapEff: 0', 'CapBnd: 0', 'CapAmb: 0', 'NoNewPrivs: 1', 'Seccomp: 2'].map(
    (line) => `listener ${line}`,
  ),
  // Of its own user, which there is for as long as it runs (dynamic users: systemd.exec(5)).
  /^listener Uid: 6[1-5]\d{3}( 6[1-5]\d{3}){3}$/,
  /^file: source .*: 50 records, 0 rejected, 0 seen before/,
  'journal: SECCOMP_SYSCALL_ALLOW=brk:exit_group:getrandom:newfstatat:write',
  'reloaded',
  'stopped: inactive success',
  'profiler 750 /var/lib/profiler',
  'profiler 600 /var/lib/profiler/profiler.db',
];

const TROUBLED: readonly (string | RegExp)[] = [
  ...HELLOS.slice(1).map((name) => `${name}: SECCOMP_SYSCALL_ALLOW=brk:exit_group:getrandom:newfstatat:write`),
  'listener: NRestarts=1',
  'killed: NRestarts=1',
  /^again: source .*: 80 records, 0 rejected, 0 seen before/,
  'hung: NRestarts=2',
  'alive: ActiveState=active',
  'prune: success',
];
