#define _GNU_SOURCE
#include "listen-source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "audit-netlink.h"

#define RECEIVE_BUFFER (64 << 20)
#define BATCH 64
#define MESSAGE_MAX 16384 /* MAX_AUDIT_MESSAGE_LENGTH is 8970; a /dev/kmsg record is at most about 8.3 KiB escaped */

uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static int enlarge(int fd)
{
	int wanted = RECEIVE_BUFFER;
	int got = 0;
	socklen_t length = sizeof(got);

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof(wanted)) < 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof(wanted));
	(void)getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &got, &length);
	return got;
}

int listen_netlink(struct listen_source *ret_source)
{
	int fd;
	int r = audit_open(1U << (AUDIT_NLGRP_READLOG - 1), &fd);

	if (r)
		return r;
	*ret_source = (struct listen_source){ .fd = fd, .rcvbuf = enlarge(fd) };
	return 0;
}

int listen_kmsg(bool from_start, struct listen_source *ret_source)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (lseek(fd, 0, from_start ? SEEK_SET : SEEK_END) < 0) {
		int error = errno;

		close(fd);
		return -error;
	}
	*ret_source = (struct listen_source){ .fd = fd, .kmsg = true };
	return 0;
}

static void say_loss(struct line_ring *ring, const char *what, uint64_t count)
{
	char line[96];
	int n = count ? snprintf(line, sizeof(line), "#loss %s count=%" PRIu64 " at=%" PRIu64 "\n", what, count, now_ms())
		      : snprintf(line, sizeof(line), "#loss %s at=%" PRIu64 "\n", what, now_ms());

	if (n > 0)
		(void)line_ring_add(ring, line, (size_t)n, now_ms());
}

static int read_kmsg(struct listen_source *source, struct line_ring *ring)
{
	char record[MESSAGE_MAX];

	for (int i = 0; i < BATCH; i++) {
		ssize_t n = read(source->fd, record, sizeof(record) - 1);
		char *end;

		if (n < 0 && errno == EAGAIN)
			return 0;
		/*
		 * Overrun: the next read gives the oldest record there is. Its sequence number, which stands in the line,
		 * tells the reader how many are missing, unless it is the first.
		 */
		if (n < 0 && errno == EPIPE && !source->started)
			say_loss(ring, "kmsg-gap", 0);
		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return 0;
		source->started = true;
		/* What follows the first newline are dictionary lines (" SUBSYSTEM=…"). */
		end = memchr(record, '\n', (size_t)n);
		if (!end)
			end = record + n;
		*end = '\n';
		(void)line_ring_add(ring, record, (size_t)(end - record) + 1, now_ms());
	}
	return 1;
}

struct batch {
	struct mmsghdr messages[BATCH];
	struct iovec pieces[BATCH];
	struct sockaddr_nl senders[BATCH];
	_Alignas(8) char bytes[BATCH][MESSAGE_MAX];
};

static struct batch batch;

static void prepare_batch(void)
{
	for (int i = 0; i < BATCH; i++) {
		batch.pieces[i] = (struct iovec){ .iov_base = batch.bytes[i], .iov_len = MESSAGE_MAX };
		batch.messages[i].msg_hdr = (struct msghdr){
			.msg_name = &batch.senders[i],
			.msg_namelen = sizeof(batch.senders[i]),
			.msg_iov = &batch.pieces[i],
			.msg_iovlen = 1,
		};
	}
}

static void take_message(struct line_ring *ring, int i, uint64_t at_ms)
{
	size_t length = batch.messages[i].msg_len;
	struct nlmsghdr header;

	/* A process with CAP_NET_ADMIN can send to this socket; only what comes from port 0 is the kernel's word. */
	if (batch.senders[i].nl_pid != 0 || length < sizeof(header))
		return;
	memcpy(&header, batch.bytes[i], sizeof(header));
	length -= sizeof(header);
	while (length > 0 && batch.bytes[i][sizeof(header) + length - 1] == '\0')
		length--;
	line_ring_add_record(ring, header.nlmsg_type, batch.bytes[i] + sizeof(header), length, at_ms);
	if (batch.messages[i].msg_hdr.msg_flags & MSG_TRUNC)
		say_loss(ring, "overflow", 1);
}

static int read_netlink(struct listen_source *source, struct line_ring *ring)
{
	uint64_t at_ms = now_ms();
	int n;

	prepare_batch();
	n = recvmmsg(source->fd, batch.messages, BATCH, MSG_DONTWAIT, NULL);
	if (n < 0 && errno == ENOBUFS) {
		say_loss(ring, "enobufs", 0);
		return 1;
	}
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	for (int i = 0; i < n; i++)
		take_message(ring, i, at_ms);
	return n == BATCH;
}

int listen_read(struct listen_source *source, struct line_ring *ring)
{
	return source->kmsg ? read_kmsg(source, ring) : read_netlink(source, ring);
}
