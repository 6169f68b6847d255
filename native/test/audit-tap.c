#include "audit-tap.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int audit_tap_open(void)
{
	const struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 << (AUDIT_NLGRP_READLOG - 1) };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT), size = 16 << 20, error;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	error = errno;
	close(fd);
	return -error;
}

/* The number behind " KEY=", the last one: comm and exe stand before the fields that are asked for. */
static bool field(const char *text, const char *key, int base, uint32_t *ret_value)
{
	const char *found = NULL;

	for (const char *at = text; (at = strstr(at, key)) != NULL; at++)
		found = at + strlen(key);
	if (!found)
		return false;
	*ret_value = (uint32_t)strtoul(found, NULL, base);
	return true;
}

static bool parse(const char *text, uint32_t *ret_pid, struct audit_record *ret_record)
{
	uint32_t signal;

	if (!field(text, " pid=", 10, ret_pid) || !field(text, " sig=", 10, &signal) || !field(text, " arch=", 16, &ret_record->arch) ||
	    !field(text, " syscall=", 10, &ret_record->nr))
		return false;
	ret_record->signal = (int)signal;
	return true;
}

unsigned audit_tap_read(int fd, pid_t pid, unsigned wanted, struct audit_record *records, unsigned count)
{
	char packet[16384];
	const struct nlmsghdr *header = (const void *)packet;
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	unsigned found = 0;

	while (poll(&ready, 1, found < wanted ? 500 : 50) > 0) {
		ssize_t size = recv(fd, packet, sizeof(packet) - 1, 0);
		struct audit_record record;
		uint32_t record_pid;

		if (size < (ssize_t)sizeof(*header) || header->nlmsg_type != AUDIT_SECCOMP)
			continue;
		packet[size] = '\0';
		if (!parse(packet + sizeof(*header), &record_pid, &record) || record_pid != (uint32_t)pid)
			continue;
		if (found < count)
			records[found] = record;
		found++;
	}
	return found;
}
