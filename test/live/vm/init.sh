#!/bin/busybox sh
# shellcheck shell=dash
# First process of a virtual machine, from its initramfs: this host's file system, read-only, under a layer in memory, and on it
# what VM_INIT of the kernel's command line asks for: `systemd`, or `agent`, nothing but that.
export PATH=/bin
/bin/busybox --install -s /bin
mount -t proc proc /proc
for module in /modules/*.ko; do insmod "$module"; done
mount -t virtiofs -o ro host /host
mount -t tmpfs -o mode=755 layer /layer
mkdir /layer/up /layer/work
mount -t overlay overlay -o lowerdir=/host,upperdir=/layer/up,workdir=/layer/work /root

# What this host has of its own: logs, an installed profiler, file systems that the machine lacks.
cd /root || exit
rm -rf etc/fstab etc/apparmor.d/profiler etc/profiler etc/sysusers.d/profiler.conf etc/systemd/system/profiler[.-]* var/lib/profiler
mount -t tmpfs -o mode=755 log var/log
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t devtmpfs dev dev
mount -t tmpfs -o mode=755,nosuid,nodev run run
mkdir run/vm dev/shm dev/pts
cp /agent.sh run/vm/agent.sh
cp /bin/busybox run/vm/busybox

if [ "$VM_INIT" = agent ]; then
	mount -t devpts -o ptmxmode=666,mode=620 devpts dev/pts
	mount -t tmpfs -o mode=1777 shm dev/shm
	mount -t cgroup2 cgroup2 sys/fs/cgroup
	mount -t securityfs securityfs sys/kernel/security
	exec switch_root /root /bin/sh /run/vm/agent.sh
fi

# Debian's systemd, journald and early files, and of this host's own services, which may be any, none.
units=etc/systemd/system
rm -rf $units/*.wants usr/lib/systemd/system/*.target.wants .dockerenv
ln -s /dev/null $units/systemd-remount-fs.service
mkdir -p etc/tmpfiles.d
ln -sf /dev/null etc/tmpfiles.d/tmp.conf # it clears /tmp
cat >$units/vm.target <<'UNIT'
[Unit]
Requires=basic.target
Wants=systemd-journald.service systemd-tmpfiles-setup.service vm-agent.service
After=basic.target
UNIT
cat >$units/vm-agent.service <<'UNIT'
[Unit]
After=basic.target systemd-journald.service systemd-tmpfiles-setup.service
[Service]
ExecStart=/bin/sh /run/vm/agent.sh
UNIT
exec switch_root /root /lib/systemd/systemd --unit=vm.target
