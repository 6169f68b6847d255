#include "held-lines.h"

#include <errno.h>
#include <string.h>

void held_init(struct held_lines *held, char *memory, size_t size)
{
	*held = (struct held_lines){ .first = 1 };
	line_ring_init(&held->ring, memory, size);
}

/* Where the line that byte *AT belongs to ends, within the first LIMIT bytes: moves *AT behind it; or to LIMIT, and false. */
static bool next_line(const struct held_lines *held, size_t *at, size_t limit)
{
	while (*at < limit) {
		const char *bytes;
		size_t length = line_ring_peek_at(&held->ring, *at, &bytes);
		const char *end;

		if (length > limit - *at)
			length = limit - *at;
		end = memchr(bytes, '\n', length);
		*at += end ? (size_t)(end - bytes) + 1 : length;
		if (end)
			return true;
	}
	return false;
}

/* Lets all lines up to NUMBER go, if they stand whole within the first LIMIT bytes. 0 or -EPROTO. */
static int let_go(struct held_lines *held, uint64_t number, size_t limit)
{
	size_t length = 0;

	for (uint64_t line = held->first; line <= number; line++)
		if (!next_line(held, &length, limit))
			return -EPROTO;
	if (!length)
		return 0;
	line_ring_consume(&held->ring, length);
	held->first = number + 1;
	held->given -= length < held->given ? length : held->given;
	held->reached -= length;
	return 0;
}

/* A loss with no record behind it that would tell it is told once the reader has all else. */
static void tell_loss(struct held_lines *held, uint64_t at_ms)
{
	if (held->given == held->ring.used)
		line_ring_settle(&held->ring, at_ms);
}

uint64_t held_begin(struct held_lines *held, uint64_t after, uint64_t at_ms)
{
	(void)let_go(held, after, held->reached);
	held->given = 0;
	tell_loss(held, at_ms);
	return held->first;
}

size_t held_peek(const struct held_lines *held, const char **ret_bytes)
{
	return line_ring_peek_at(&held->ring, held->given, ret_bytes);
}

void held_give(struct held_lines *held, size_t length)
{
	held->given += length;
	if (held->reached < held->given)
		held->reached = held->given;
}

int held_acknowledge(struct held_lines *held, uint64_t number, uint64_t at_ms)
{
	int r = let_go(held, number, held->given);

	if (!r)
		tell_loss(held, at_ms);
	return r;
}

uint64_t held_ungiven(const struct held_lines *held)
{
	uint64_t lines = held->ring.dropped;

	for (size_t at = held->reached; next_line(held, &at, held->ring.used);)
		lines++;
	return lines;
}
