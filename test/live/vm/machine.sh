#!/bin/sh
# A virtual machine: KERNEL, a Debian kernel package's files, under QEMU, its root this host's file system. File descriptor 3
# is the agent's (agent.sh), 4 the console. It ends, and leaves nothing, when QEMU does or on SIGTERM. To be run by root.
# Usage: machine.sh KERNEL INIT MEMORY_MB [KERNEL_ARGUMENT…]
set -eu
kernel=$1 init=$2 memory=$3
shift 3
here=$(dirname "$0")
work=$(mktemp -d "${TMPDIR:-/tmp}/profiler-vm-XXXXXX")
files='' qemu=''
# shellcheck disable=SC2317 # by the trap
finish() {
	# A second signal (of a terminal, and of the parent's death) must not end this.
	trap '' HUP INT TERM
	for one in $qemu $files; do kill -KILL "$one" 2>/dev/null || true; done
	wait
	rm -rf "$work/initramfs" "$work/initrd" "$work/files" "$work/said"
	# Where virtiofsd sees this host's root, and nobody else.
	rmdir "$work/host" "$work"
}
trap finish EXIT
trap 'exit 143' HUP INT TERM

initramfs() {
	mkdir -p bin modules proc host layer root
	cp "$(command -v busybox)" bin/busybox
	cp "$here/init.sh" init
	cp "$here/agent.sh" .
	chmod +x init
	at=10
	# In the order in which they need one another.
	for module in drivers/virtio/virtio_ring drivers/virtio/virtio drivers/virtio/virtio_pci_modern_dev \
		drivers/virtio/virtio_pci_legacy_dev drivers/virtio/virtio_pci drivers/char/virtio_console \
		fs/fuse/fuse fs/fuse/virtiofs fs/overlayfs/overlay; do
		cp "$kernel"/lib/modules/*/kernel/$module.ko "modules/$at-${module##*/}.ko"
		at=$((at + 1))
	done
	find . | busybox cpio -o -H newc
}
mkdir "$work/initramfs" "$work/host"
(cd "$work/initramfs" && initramfs >"$work/initrd") 2>/dev/null

# The mounts are virtiofsd's alone, and end with it.
# shellcheck disable=SC2016 # the other shell's
unshare --mount setpriv --pdeathsig KILL sh -c '
	mount --rbind / "$1/host"
	mount -o remount,bind,ro "$1/host"
	exec /usr/lib/qemu/virtiofsd --socket-path="$1/files" -o source="$1/host",sandbox=namespace,cache=always,xattr
' sh "$work" 3>&- 4>&- >"$work/said" 2>&1 &
files=$!
until [ -S "$work/files" ]; do
	kill -0 $files 2>/dev/null || { cat "$work/said" >&2; exit 1; }
	sleep 0.02
done

# /dev/kvm is not asked for: where it is, it need not work. no_timer_check: on a busy host an emulated timer is late, which the
# kernel would take for a broken one.
setpriv --pdeathsig KILL qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot \
	-machine pc,memory-backend=memory,usb=off,graphics=off -accel tcg,thread=multi -cpu qemu64,+rdrand -smp 2 -m "$memory" \
	-object "memory-backend-memfd,id=memory,size=${memory}M,share=on" \
	-chardev "socket,id=files,path=$work/files" -device vhost-user-fs-pci,chardev=files,tag=host \
	-chardev socket,id=agent,fd=3 -device virtio-serial-pci,max_ports=2 -device virtserialport,chardev=agent \
	-chardev socket,id=console,fd=4 -serial chardev:console \
	-kernel "$kernel"/boot/vmlinuz-* -initrd "$work/initrd" \
	-append "console=ttyS0 quiet panic=-1 no_timer_check mitigations=off log_buf_len=16M VM_INIT=$init $*" &
qemu=$!
wait $qemu
