#include "line-ring.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Room that only loss lines may use, so that a full ring can still say so. */
#define LOSS_LINE_MAX 96

void line_ring_init(struct line_ring *ring, char *memory, size_t size)
{
	*ring = (struct line_ring){ .memory = memory, .size = size };
}

static size_t room(const struct line_ring *ring)
{
	size_t left = ring->size - ring->used;

	return left > LOSS_LINE_MAX ? left - LOSS_LINE_MAX : 0;
}

/* The caller has looked that they fit. */
static void put(struct line_ring *ring, const char *bytes, size_t length)
{
	size_t first = ring->size - ring->head;

	if (first > length)
		first = length;
	memcpy(ring->memory + ring->head, bytes, first);
	memcpy(ring->memory, bytes + first, length - first);
	ring->head = (ring->head + length) % ring->size;
	ring->used += length;
}

void line_ring_settle(struct line_ring *ring, uint64_t at_ms)
{
	char line[LOSS_LINE_MAX];
	int length;

	if (!ring->dropped)
		return;
	length = snprintf(line, sizeof(line), "#loss overflow count=%" PRIu64 " at=%" PRIu64 "\n", ring->dropped, at_ms);
	if (length <= 0 || (size_t)length > ring->size - ring->used)
		return;
	put(ring, line, (size_t)length);
	ring->dropped = 0;
}

int line_ring_add(struct line_ring *ring, const char *bytes, size_t length, uint64_t at_ms)
{
	/* A loss line needs its own place before the first record that fits again. */
	size_t wanted = length + (ring->dropped ? LOSS_LINE_MAX : 0);

	if (wanted > room(ring)) {
		ring->dropped++;
		return -ENOSPC;
	}
	line_ring_settle(ring, at_ms);
	put(ring, bytes, length);
	return 0;
}

static size_t escape(char *out, const char *text, size_t length)
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;

	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)text[i];

		if (byte >= 0x20 && byte != 0x7f) {
			out[n++] = (char)byte;
			continue;
		}
		out[n++] = '\\';
		out[n++] = 'x';
		out[n++] = digits[byte >> 4];
		out[n++] = digits[byte & 15];
	}
	return n;
}

/* Longest record text (an audit message is at most 8970 bytes, include/uapi/linux/audit.h) and what a longer one is cut to. */
#define TEXT_MAX 16384

void line_ring_add_record(struct line_ring *ring, unsigned int type, const char *text, size_t length, uint64_t at_ms)
{
	char line[4 * TEXT_MAX + 64];
	int prefix = snprintf(line, sizeof(line), "type=%u msg=", type);
	size_t n;

	if (prefix < 0)
		return;
	n = (size_t)prefix + escape(line + prefix, text, length < TEXT_MAX ? length : TEXT_MAX);
	line[n++] = '\n';
	(void)line_ring_add(ring, line, n, at_ms);
}

size_t line_ring_peek_at(const struct line_ring *ring, size_t offset, const char **ret_bytes)
{
	size_t waiting = ring->used - offset;
	size_t at = (ring->head + ring->size - waiting) % ring->size;
	size_t contiguous = ring->size - at;

	*ret_bytes = ring->memory + at;
	return waiting < contiguous ? waiting : contiguous;
}

size_t line_ring_peek(const struct line_ring *ring, const char **ret_bytes)
{
	return line_ring_peek_at(ring, 0, ret_bytes);
}

void line_ring_consume(struct line_ring *ring, size_t length)
{
	ring->used -= length;
	/* Empty: begin again at the front, so that a reader who keeps up never makes the whole ring resident. */
	if (!ring->used)
		ring->head = 0;
}
