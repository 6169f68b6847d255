#define _GNU_SOURCE
#include "serve.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>

#include "serve-reader.h"

/* The kernel waits for nobody: so many batches are read before readers have their turn. */
#define BATCHES 16
#define FAREWELL_MS 1000

static int read_source(struct served *served)
{
	int more = 1;

	for (int i = 0; i < BATCHES && more > 0; i++)
		more = listen_read(&served->source, &served->held.ring);
	if (served->most < served->held.ring.used)
		served->most = served->held.ring.used;
	return more < 0 ? more : 0;
}

/* Where each stands in the descriptors that are waited for; the readers come after. */
enum { SIGNALS, SOCKET, NETLINK, KMSG, READERS };

static void expect(const struct server *self, struct pollfd fds[static READERS + READERS_MAX])
{
	fds[SIGNALS] = (struct pollfd){ .fd = self->signals, .events = POLLIN };
	fds[SOCKET] = (struct pollfd){ .fd = self->socket, .events = POLLIN };
	fds[NETLINK] = (struct pollfd){ .fd = self->netlink.source.fd, .events = POLLIN };
	fds[KMSG] = (struct pollfd){ .fd = self->kmsg.wanted ? self->kmsg.source.fd : -1, .events = POLLIN };
	for (int i = 0; i < READERS_MAX; i++) {
		const struct reader *one = &self->readers[i];
		const struct held_lines *held = one->source ? &one->source->held : NULL;
		bool more = held && held->given < held->ring.used;

		fds[READERS + i] = (struct pollfd){ .fd = one->fd, .events = more ? POLLIN | POLLOUT : POLLIN };
	}
}

static void attend_all(struct server *self, const struct pollfd fds[static READERS + READERS_MAX])
{
	for (int i = 0; i < READERS_MAX; i++)
		if (self->readers[i].fd >= 0)
			reader_attend(self, &self->readers[i], fds[READERS + i].revents);
}

/* 1: a signal asks to end; 0: go on; or -ERRNO. Those who went are seen before those who come. */
static int work(struct server *self)
{
	struct pollfd fds[READERS + READERS_MAX];
	int r = 0;

	expect(self, fds);
	if (poll(fds, READERS + READERS_MAX, -1) < 0)
		return errno == EINTR ? 0 : -errno;
	if (fds[NETLINK].revents)
		r = read_source(&self->netlink);
	if (!r && fds[KMSG].revents)
		r = read_source(&self->kmsg);
	if (r)
		return r;
	attend_all(self, fds);
	if (fds[SOCKET].revents)
		reader_welcome(self);
	return fds[SIGNALS].revents ? 1 : 0;
}

static bool has_more(const struct served *served)
{
	return served->reader && served->held.given < served->held.ring.used;
}

static void tell_ungiven(const struct served *served)
{
	uint64_t lines = held_ungiven(&served->held);

	if (lines)
		fprintf(stderr, "audit-listen: %s: no reader has taken %" PRIu64 " lines: they end with this process\n", served->name, lines);
}

/* What comes from now on is the next listener's: the service manager keeps the sources open. */
static void say_farewell(struct server *self)
{
	struct pollfd fds[READERS + READERS_MAX];
	uint64_t end_ms = now_ms() + FAREWELL_MS;

	while ((has_more(&self->netlink) || has_more(&self->kmsg)) && now_ms() < end_ms) {
		expect(self, fds);
		(void)poll(fds + READERS, READERS_MAX, FAREWELL_MS);
		attend_all(self, fds);
	}
	tell_ungiven(&self->netlink);
	tell_ungiven(&self->kmsg);
}

int serve(struct server *self)
{
	int r;

	do
		r = work(self);
	while (!r);
	if (r > 0)
		say_farewell(self);
	return r < 0 ? r : 0;
}
