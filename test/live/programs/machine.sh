#!/bin/sh
# A machine within namespaces: this one's own system with systemd as its first process, written to in memory alone. In it the
# profiler is installed as npm does, and CHECKS/check.sh runs, whose words go to CHECKS/said. To be run by root.
# Usage: machine.sh CHECKS APP_SHELL_FILE
set -eu

if [ "${3-}" = '' ]; then
	checks=$1 work=$(mktemp -d)
	mkdir "$work/cgroup" "$work/machine"
	mount -t cgroup2 cgroup2 "$work/cgroup"
	group=$work/cgroup/profiler-machine-$$
	mkdir "$group"
	# shellcheck disable=SC2317 # by the trap
	finish() {
		# What systemd made in it stays after its last process, which ends a moment after it was killed.
		for _ in 1 2 3 4 5; do
			find "$group" -depth -type d -exec rmdir {} + 2>/dev/null && break
			sleep 0.1
		done
		umount "$work/cgroup"
		rmdir "$work/cgroup" "$work/machine" "$work"
	}
	trap finish EXIT
	(
		read -r self _ </proc/self/stat
		echo "$self" >"$group/cgroup.procs"
		exec timeout -s KILL 110 script -qefc "exec unshare --mount --pid --fork --kill-child --uts --ipc --cgroup sh '$0' '$checks' '$2' '$work/machine'" /dev/null
	) </dev/null >"$checks/console" 2>&1 || true
	exit
fi

checks=$1 app_shell=$2 work=$3
mount -t tmpfs tmpfs "$work"
mkdir "$work/up" "$work/work" "$work/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/up,workdir=$work/work" "$work/root"
cd "$work/root"
rm -rf etc/apparmor.d/profiler etc/profiler etc/sysusers.d/profiler.conf etc/systemd/system/profiler[.-]* var/lib/profiler
for one in tmp run dev var/log; do mount -t tmpfs -o mode=755 tmpfs "$one"; done
for one in null zero full random urandom tty kmsg; do
	: >"dev/$one"
	mount --bind "/dev/$one" "dev/$one"
done
mkdir -p dev/shm dev/pts var/log/audit run/log run/checks usr/local/bin usr/local/lib/node_modules/profiler
install -d -m 2755 -g systemd-journal run/log/journal # as Debian's tmpfiles.d has it
mount -t devpts -o newinstance,ptmxmode=666,mode=620 devpts dev/pts
ln -s pts/ptmx dev/ptmx
: >dev/console
mount --bind "$(tty)" dev/console
mount --bind "$checks" run/checks
sh "$app_shell" "$PWD/usr/local/lib/node_modules/profiler" "$PWD/usr/local/bin" /usr/local/lib/node_modules/profiler
# The machine's kernel is everybody's: nothing in here may set it.
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys

units=etc/systemd/system
rm -rf $units/*.wants usr/lib/systemd/system/sysinit.target.wants
for target in sysinit basic; do
	printf '[Unit]\nDefaultDependencies=no\n' >$units/$target.target
done
printf '[Unit]\nDefaultDependencies=no\nWants=check.service systemd-journald.service\n' >$units/check.target
cat >$units/check.service <<'END'
[Unit]
DefaultDependencies=no
After=systemd-journald.service
[Service]
Type=oneshot
ExecStart=/bin/sh /run/checks/check.sh
StandardOutput=append:/run/checks/said
StandardError=append:/run/checks/said
ExecStopPost=systemctl --force --force poweroff
END
mkdir before
pivot_root . before
umount -l /before
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin \
	/lib/systemd/systemd --system --unit=check.target --log-target=console --log-level=info
