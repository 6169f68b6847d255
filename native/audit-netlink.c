#define _GNU_SOURCE
#include "audit-netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define REPLY_TIMEOUT_MS 2000

int audit_open(uint32_t groups, int *ret_fd)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = groups };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		int error = errno;

		close(fd);
		return -error;
	}
	*ret_fd = fd;
	return 0;
}

int audit_request(int fd, uint16_t type)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct nlmsghdr message = {
		.nlmsg_len = NLMSG_LENGTH(0),
		.nlmsg_type = type,
		.nlmsg_flags = NLM_F_REQUEST,
		.nlmsg_seq = 1,
	};

	if (sendto(fd, &message, message.nlmsg_len, 0, (struct sockaddr *)&kernel, sizeof(kernel)) < 0)
		return -errno;
	return 0;
}

/* 1 when something is there, 0 after an interruption, or -ERRNO. */
static int wait_readable(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	int r = poll(&ready, 1, REPLY_TIMEOUT_MS);

	if (r < 0)
		return errno == EINTR ? 0 : -errno;
	return r ? 1 : -ETIMEDOUT;
}

int audit_receive(int fd, struct audit_reply *ret_reply)
{
	for (;;) {
		struct sockaddr_nl from = { 0 };
		socklen_t from_length = sizeof(from);
		struct nlmsghdr header;
		ssize_t n;
		int r = wait_readable(fd);

		if (r < 0)
			return r;
		n = recvfrom(fd, ret_reply->bytes, sizeof(ret_reply->bytes), MSG_DONTWAIT, (struct sockaddr *)&from, &from_length);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return -errno;
		/* Any process may send to a netlink socket: only port 0 is the kernel. */
		if (n < (ssize_t)sizeof(header) || from.nl_pid != 0)
			continue;
		memcpy(&header, ret_reply->bytes, sizeof(header));
		ret_reply->type = header.nlmsg_type;
		ret_reply->length = (size_t)n - sizeof(header);
		return 0;
	}
}

const void *audit_payload(const struct audit_reply *reply)
{
	return reply->bytes + sizeof(struct nlmsghdr);
}

int audit_error(const struct audit_reply *reply)
{
	int error;

	if (reply->length < sizeof(error))
		return -EPROTO;
	memcpy(&error, audit_payload(reply), sizeof(error));
	return error;
}

static int read_status(int fd, struct audit_status *ret_status)
{
	struct audit_reply reply;
	int r = audit_request(fd, AUDIT_GET);

	while (!r) {
		r = audit_receive(fd, &reply);
		if (!r && reply.type == NLMSG_ERROR)
			r = audit_error(&reply);
		if (r || reply.type != AUDIT_GET)
			continue;
		memset(ret_status, 0, sizeof(*ret_status));
		memcpy(ret_status, audit_payload(&reply), reply.length < sizeof(*ret_status) ? reply.length : sizeof(*ret_status));
		return 0;
	}
	return r;
}

int audit_get_status(struct audit_status *ret_status)
{
	int fd;
	int r = audit_open(0, &fd);

	if (r)
		return r;
	r = read_status(fd, ret_status);
	close(fd);
	return r;
}

int audit_status_json(const struct audit_status *status, char *text, size_t size)
{
	return snprintf(text, size,
			"{\"enabled\":%u,\"failure\":%u,\"pid\":%u,\"rate_limit\":%u,\"backlog_limit\":%u,\"lost\":%u,"
			"\"backlog\":%u,\"backlog_wait_time\":%u,\"backlog_wait_time_actual\":%u}",
			status->enabled, status->failure, status->pid, status->rate_limit, status->backlog_limit, status->lost,
			status->backlog, status->backlog_wait_time, status->backlog_wait_time_actual);
}

const char *errno_name(int error)
{
	const char *name = strerrorname_np(error);

	return name ? name : "unknown error";
}
