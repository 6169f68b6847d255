#define _GNU_SOURCE
#include "serve-reader.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "reader-word.h"

/* Memory that held more than this is given back when it is empty. */
#define KEEP_BYTES ((size_t)1 << 20)

static void show_out(struct reader *reader)
{
	if (reader->source)
		reader->source->reader = NULL;
	close(reader->fd);
	*reader = (struct reader){ .fd = -1 };
}

/* Nothing was sent before, so that so few bytes find room. */
static int tell(const struct reader *reader, const char *text)
{
	size_t length = strlen(text);

	return send(reader->fd, text, length, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)length ? 0 : -EPIPE;
}

static int begin(struct server *self, struct reader *reader, const struct reader_word *word)
{
	struct served *source = word->kmsg ? &self->kmsg : &self->netlink;
	char text[96];
	uint64_t from;

	if (reader->source)
		return -EPROTO;
	if (source->reader) {
		snprintf(text, sizeof(text), "#refused %s: it has another reader\n", source->name);
		(void)tell(reader, text);
		return -EBUSY;
	}
	/* /dev/kmsg keeps what nobody has read; it is read from its oldest message on. */
	if (!source->wanted && source->source.kmsg)
		(void)lseek(source->source.fd, 0, SEEK_SET);
	source->wanted = true;
	source->reader = reader;
	reader->source = source;
	from = held_begin(&source->held, word->instance == self->instance ? word->number : 0, now_ms());
	snprintf(text, sizeof(text), "#ready %s instance=%016" PRIx64 " from=%" PRIu64 "\n", source->name, self->instance, from);
	return tell(reader, text);
}

static void give_back(struct served *source)
{
	struct line_ring *ring = &source->held.ring;

	if (ring->used || source->most < KEEP_BYTES)
		return;
	(void)madvise(ring->memory, ring->size, MADV_DONTNEED);
	source->most = 0;
}

static int obey(struct server *self, struct reader *reader, const char *line, size_t length)
{
	struct reader_word word;
	int r = reader_word_parse(line, length, &word);

	if (r)
		return r;
	if (word.kind == WORD_BEGIN)
		return begin(self, reader, &word);
	if (!reader->source)
		return -EPROTO;
	r = held_acknowledge(&reader->source->held, word.number, now_ms());
	give_back(reader->source);
	return r;
}

/* Takes what fits; a word that does not is none. */
static int hear(struct server *self, struct reader *reader)
{
	ssize_t n = recv(reader->fd, reader->said + reader->said_length, sizeof(reader->said) - reader->said_length, MSG_DONTWAIT);
	char *end;
	int r = 0;

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (n == 0)
		return -EPIPE;
	reader->said_length += (size_t)n;
	while (!r && (end = memchr(reader->said, '\n', reader->said_length))) {
		size_t length = (size_t)(end - reader->said);

		r = obey(self, reader, reader->said, length);
		reader->said_length -= length + 1;
		memmove(reader->said, end + 1, reader->said_length);
	}
	return !r && reader->said_length == sizeof(reader->said) ? -EPROTO : r;
}

static int feed(const struct reader *reader)
{
	struct held_lines *held = &reader->source->held;
	const char *bytes;
	size_t length;

	while ((length = held_peek(held, &bytes)) > 0) {
		ssize_t n = send(reader->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : -errno;
		held_give(held, (size_t)n);
	}
	return 0;
}

void reader_attend(struct server *self, struct reader *reader, short revents)
{
	int r = revents & (POLLIN | POLLERR | POLLHUP) ? hear(self, reader) : 0;

	if (!r && reader->source)
		r = feed(reader);
	if (r)
		show_out(reader);
}

static struct reader *place_for_another(struct server *self)
{
	struct reader *place = NULL;

	for (struct reader *one = self->readers; one < self->readers + READERS_MAX; one++) {
		if (one->fd < 0)
			return one;
		if (!one->source && (!place || one->order < place->order))
			place = one;
	}
	if (place)
		show_out(place);
	return place;
}

void reader_welcome(struct server *self)
{
	int fd = accept4(self->socket, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct reader *place;

	if (fd < 0)
		return;
	place = place_for_another(self);
	if (place)
		*place = (struct reader){ .fd = fd, .order = self->come++ };
	else
		close(fd);
}
