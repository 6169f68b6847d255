#define _GNU_SOURCE
#include "listen-loop.h"

#include <errno.h>
#include <poll.h>

#define FLUSH_AT ((size_t)64 << 10)

/* 1: a signal asks to end; 0: go on; or -ERRNO (-EPIPE: nobody reads any more). */
static int wait_for_work(struct listener *self)
{
	struct pollfd fds[] = {
		{ .fd = self->source.fd, .events = POLLIN },
		{ .fd = self->output.fd, .events = self->ring.used ? POLLOUT : 0 },
		{ .fd = self->signals, .events = POLLIN },
	};

	if (poll(fds, 3, -1) < 0)
		return errno == EINTR ? 0 : -errno;
	if (fds[1].revents & (POLLERR | POLLHUP | POLLNVAL))
		return -EPIPE;
	return fds[2].revents & POLLIN ? 1 : 0;
}

/* Reads first and writes only between: the kernel does not wait for us, the reader does. */
static int pump(struct listener *self)
{
	int more;

	do {
		more = listen_read(&self->source, &self->ring);
		if (more < 0)
			return more;
	} while (more && self->ring.used < FLUSH_AT);
	return output_write(&self->output, &self->ring);
}

static int drain(struct listener *self)
{
	int r;

	do
		r = listen_read(&self->source, &self->ring);
	while (r > 0);
	if (r < 0)
		return r;
	while (self->ring.used || self->ring.dropped) {
		struct pollfd out = { .fd = self->output.fd, .events = POLLOUT };

		line_ring_settle(&self->ring, now_ms());
		r = output_write(&self->output, &self->ring);
		if (r < 0)
			return r;
		if (self->ring.used && (poll(&out, 1, -1) < 0 || out.revents & (POLLERR | POLLHUP)))
			return -EPIPE;
	}
	return 0;
}

int listen_until_told(struct listener *self)
{
	for (;;) {
		int r = wait_for_work(self);

		if (r > 0)
			return drain(self);
		if (r == 0)
			r = pump(self);
		if (r < 0)
			return r;
	}
}
