#!/bin/sh
# Runs what it is sent, one command at a time. A request is a line: SECONDS COMMAND INPUT, the latter two in base64. The answer
# is a line, STATUS LENGTH LENGTH, then the bytes of its output and of its errors.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
exec 3<>"$(echo /dev/vport*p1)"
cd /run/vm || exit
echo ready >&3
while read -r seconds command input <&3; do
	# New files: what runs on in the background may still write to the old ones.
	./busybox rm -f output errors
	echo "$command" | ./busybox base64 -d >script
	echo "$input" | ./busybox base64 -d >input
	(cd / && exec timeout -s KILL "$seconds" sh /run/vm/script) <input >output 2>errors 3>&-
	status=$?
	echo "$status $(./busybox stat -c %s output) $(./busybox stat -c %s errors)" >&3
	./busybox cat output errors >&3
done
